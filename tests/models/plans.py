"""Small frozen plans for the tests of the draw, and the whole of a drawn bundle as files.

Not here: tests. Everything is invented.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from models.sampling import editions, verify
from models.sampling.announcement import Commitment, Reveal, announcement
from models.sampling.draw import stratum_size
from models.sampling.frozen import EXCLUDED, FRAME, INSPECTORS, LEAVES, RECUSALS, FrozenPlan, Stratum, Task
from models.sampling.plan_check import checked
from models.sampling.plan_text import canonical, files_of

KEY = "0123456789abcdef" * 4
VERIFIER = Path(verify.__file__).read_bytes()
REVEALS = (
    Reveal("公证处", "a1" * 32, "08 16 22"),
    Reveal("纪检组", "b2" * 32, "7"),
    Reveal("企业代表", "c3" * 32, "红"),
)
SEED = hashlib.sha256(b"any").hexdigest()
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)

Row = tuple[str, str, str, int, str]  # task, entity, stratum, size, district
Inspector = tuple[str, str, str, str, date | None]  # id, department, districts, skills, certificate until


def plan(
    frame: Sequence[Row],
    ratios: dict[tuple[str, str], int],
    tasks: Sequence[Task] = (Task("T1", "D1", ("i1",), "T1", ""),),
    inspectors: Sequence[Inspector] = (),
    *,
    pps: Sequence[tuple[str, str]] = (),
    excluded: Sequence[tuple[str, str, str]] = (),
    leaves: Sequence[tuple[str, date, date]] = (),
    recusals: Sequence[tuple[str, str, str]] = (),
    per_visit: int = 2,
) -> FrozenPlan:
    """A checked plan; sizes of strata follow from the ratios (ppm by task and stratum)."""
    population: dict[tuple[str, str], int] = {}
    for task, _, stratum, _, _ in frame:
        population[task, stratum] = population.get((task, stratum), 0) + 1
    strata = [
        Stratum(name, task, "pps" if (task, name) in pps else "equal", count, stratum_size(count, ratio), ratio)
        for (task, name), count in population.items()
        for ratio in [ratios[task, name]]
    ]
    return checked(
        canonical(
            FrozenPlan(
                plan_id="P-2026-01",
                title="示范专项抽查",
                kind="special",
                as_of=date(2026, 11, 20),
                window_from=FIRST,
                window_to=LAST,
                policy_digest="d16fa92647c737cf",
                inspectors_per_visit=per_visit,
                tasks=tuple(tasks),
                strata=tuple(strata),
                frame=pl.DataFrame(frame, schema=FRAME, orient="row"),
                excluded=pl.DataFrame(excluded, schema=EXCLUDED, orient="row"),
                inspectors=pl.DataFrame(inspectors, schema=INSPECTORS, orient="row"),
                leaves=pl.DataFrame(leaves, schema=LEAVES, orient="row"),
                recusals=pl.DataFrame(recusals, schema=RECUSALS, orient="row"),
            )
        )
    )


TASKS = (
    Task("T1", "D1", ("i1", "i2"), "G1", ""),
    Task("T2", "D2", ("i3",), "G1", "电梯"),
    Task("T3", "D1", ("i4",), "T3", "食品"),
)


def city(entities: int = 60, inspectors: int = 16, seed: int = 1) -> FrozenPlan:
    """Three tasks of two departments, two of them coordinated, one by size; leaves, recusals, ended certificates."""
    chance = random.Random(seed)
    codes = [f"E{number:03}" for number in range(entities)]
    where = {code: chance.choice(["甲区", "乙区", ""]) for code in codes}
    frame: list[Row] = []
    for number, code in enumerate(codes):
        frame.append(("T1", code, "A1" if number % 3 else "B2", 1, where[code]))
        if number % 2:
            frame.append(("T2", code, "B2" if number % 4 == 1 else "D4", 1, where[code]))
        if number % 5 == 0:
            frame.append(("T3", code, "all", 1 + chance.randrange(40), where[code]))
    ratios = {
        ("T1", "A1"): 0,
        ("T1", "B2"): 200_000,
        ("T2", "B2"): 300_000,
        ("T2", "D4"): 750_000,
        ("T3", "all"): 400_000,
    }
    people: list[Inspector] = [
        (
            f"I{number:02}",
            f"D{1 + number % 2}",
            ["", "甲区", "甲区;乙区", "乙区"][number // 2 % 4] if number > 3 else "",
            ["电梯;食品", "电梯;食品", "", "食品"][number // 2 % 4] if number > 3 else "电梯;食品",
            date(2026, 12, 30) if number == inspectors - 1 else LAST,
        )
        for number in range(inspectors)
    ]
    leaves = [("I04", FIRST, date(2026, 12, 15)), ("I04", date(2026, 12, 16), LAST), ("I05", FIRST, date(2026, 12, 30))]
    recusals = sorted({(f"I{chance.randrange(4, inspectors):02}", code, "kinship") for code in codes[::2]})
    return plan(
        frame,
        ratios,
        TASKS,
        people,
        pps=[("T3", "all")],
        excluded=[("T2", codes[0], "covered"), ("T3", codes[1], "cap")],
        leaves=leaves,
        recusals=recusals,
    )


def announced(frozen: FrozenPlan, reveals: Sequence[Reveal] = REVEALS, key: str = KEY) -> bytes:
    """The announcement of the first round, in which these parties take part."""
    parties = [Commitment(one.party, one.commitment(frozen.plan_id, 1)) for one in reveals]
    digest = hashlib.sha256(VERIFIER).hexdigest()
    return announcement(frozen, key, parties, reveal_by=date(2026, 11, 25), verifier_digest=digest)


def auditors(frozen: FrozenPlan, reveals: Sequence[Reveal] = REVEALS) -> dict[str, bytes]:
    """All files of the auditors' edition of a plan drawn in its first round, without minutes."""
    files = editions.auditors_edition(frozen, KEY, [announced(frozen, reveals)], [reveals], VERIFIER)
    return editions.sealed_files(files, frozen.plan_id, "auditors")


def files_equal(one: FrozenPlan, other: FrozenPlan) -> bool:
    """Whether two plans are written alike."""
    return files_of(one) == files_of(other)
