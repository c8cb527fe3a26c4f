"""Measures a draw of full size and writes its section of docs/benchmarks.md: `python -m tests.bench.draw [--write]`.

A made-up plan as large and as awkward as a year of the whole zone; CPU seconds of this process, each step by itself.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import polars as pl

from models.sampling import editions, verify
from models.sampling.announcement import Commitment, Reveal, announcement, seed_of
from models.sampling.draw import draw, stratum_size
from models.sampling.draw_text import draw_files
from models.sampling.eligibility import absences, shortages
from models.sampling.frozen import EXCLUDED, FRAME, INSPECTORS, LEAVES, RECUSALS, FrozenPlan, Stratum, Task
from models.sampling.plan_check import checked
from models.sampling.plan_text import canonical
from models.sampling.team import teams, visits
from tests.bench.measure import load, machine
from tests.bench.report import with_section
from warehouse.bundle import VERIFIER, write_zip
from warehouse.protocol_pdf import protocol_pdf

HEADING = "## The draw"
_PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_KEY = "0123456789abcdef" * 4
_LAST = date(2027, 12, 31)
# Ratio (ppm) and weight of each stratum: 16 pairs of grades, most entities in the good ones.
_STRATA = {
    f"{credit}{risk}": (ppm, weight)
    for credit, row in {
        "A": [(10_000, 34), (20_000, 10), (30_000, 5), (50_000, 2)],
        "B": [(50_000, 12), (100_000, 8), (150_000, 4), (200_000, 2)],
        "C": [(210_000, 7), (300_000, 5), (450_000, 3), (600_000, 2)],
        "D": [(610_000, 2), (750_000, 2), (900_000, 1), (1_000_000, 1)],
    }.items()
    for risk, (ppm, weight) in enumerate(row, start=1)
}
T = TypeVar("T")


def zone(entities: int = 173_000, inspectors: int = 1_512, departments: int = 18, districts: int = 13) -> FrozenPlan:
    """One task a department, a third of them with a skill, four in ten coordinated; leaves, recusals, ended certificates.

    Every tenth entity is in the frame of two tasks; recusals concern one entity in twenty.
    """
    chance = random.Random(1)
    places = [f"6101{number:02}" for number in range(districts)]
    tasks = [
        Task(
            f"T{n:02}",
            f"D{n:02}",
            (f"i{n}",),
            f"G{n // 2}" if n % 5 < 2 else f"T{n:02}",
            f"S{n % 3}" if n % 3 == 0 else "",
        )
        for n in range(departments)
    ]
    names, weights = list(_STRATA), [weight for _, weight in _STRATA.values()]
    rows = []
    for number in range(entities):
        code, place, stratum = f"91610131{number:010}", chance.choice(places), chance.choices(names, weights)[0]
        own = chance.sample(tasks, 2 if number % 10 == 0 else 1)
        rows += [(task.task_id, code, stratum, 1, place) for task in own]
    counts = Counter((task, stratum) for task, _, stratum, _, _ in rows)
    people = [
        (
            f"I{number:04}",
            f"D{number % departments:02}",
            ";".join(sorted(chance.sample(places, chance.randint(5, 10)))) if chance.random() < 0.6 else "",
            ";".join(f"S{skill}" for skill in range(3) if chance.random() < 0.7),
            _LAST if chance.random() < 0.97 else date(2026, 12, 1),
        )
        for number in range(inspectors)
    ]
    leaves = [(f"I{number:04}", date(2026, 11, 1), _LAST) for number in range(0, inspectors, 50)]
    recusals = [(f"I{chance.randrange(inspectors):04}", f"91610131{n:010}", "interest") for n in range(0, entities, 20)]
    strata = [Stratum(s, t, "equal", n, stratum_size(n, _STRATA[s][0]), _STRATA[s][0]) for (t, s), n in counts.items()]
    return checked(
        canonical(
            FrozenPlan(
                plan_id="bench", title="bench", kind="annual", as_of=date(2026, 11, 20), window_from=date(2026, 12, 1),
                window_to=date(2026, 12, 31), policy_digest="bench", inspectors_per_visit=2, tasks=tuple(tasks),
                strata=tuple(strata), frame=pl.DataFrame(rows, schema=FRAME, orient="row"),
                excluded=pl.DataFrame(schema=EXCLUDED), inspectors=pl.DataFrame(people, schema=INSPECTORS, orient="row"),
                leaves=pl.DataFrame(leaves, schema=LEAVES, orient="row"),
                recusals=pl.DataFrame(recusals, schema=RECUSALS, orient="row"),
            )
        )
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure, print the section, and put it on the page with `--write`."""
    told: list[str] = []

    def timed(name: str, work: Callable[[], T]) -> T:
        cpu, wall = time.process_time(), time.perf_counter()
        found = work()
        told.append(f"| {name} | {time.process_time() - cpu:.2f} | {time.perf_counter() - wall:.2f} |")
        return found

    before, plan = load(), zone()
    reveals = [Reveal("甲", "0" * 64, "7"), Reveal("乙", "1" * 64, "8")]
    parties = [Commitment(one.party, one.commitment(plan.plan_id, 1)) for one in reveals]
    verifier = VERIFIER.read_bytes()
    short = timed("who could not be visited (before the freeze)", lambda: list(shortages(plan)))
    announced = timed(
        "announcement: seals and roots of all tables",
        lambda: announcement(plan, _KEY, parties, reveal_by=_LAST, verifier_digest=editions.sha256(verifier)),
    )
    seed = seed_of(announced, _KEY, reveals)
    strata = timed("tickets and lists", lambda: draw(plan, seed))
    pairs = [(one.stratum.task_id, row.entity_code) for one in strata for row in one.drawn]
    ordered = timed("visits", lambda: visits(plan, pairs, seed))
    seats = timed("teams", lambda: teams(plan, ordered, seed))
    timed("**the draw as a whole, with its files** (lists, visits, teams as CSV)", lambda: draw_files(plan, seed))
    files = timed(
        "auditors' edition (roots again, draw, all files)",
        lambda: editions.auditors_edition(plan, _KEY, [announced], [reveals], verifier),
    )
    files["protocol.pdf"] = timed("minutes as PDF", lambda: protocol_pdf(files))
    sealed = editions.sealed_files(files, plan.plan_id, "auditors")
    public = timed("public edition", lambda: editions.public_edition(plan, sealed))
    with TemporaryDirectory() as folder:
        paths = Path(folder) / "a.zip", Path(folder) / "p.zip"
        timed(
            "both archives", lambda: [write_zip(path, made) for path, made in zip(paths, (sealed, public), strict=True)]
        )
        sizes = [path.stat().st_size / 2**20 for path in paths]
        timed("`verify.py` on the auditors' edition", lambda: verify.verify(paths[0]))
        timed("`verify.py` on the public edition", lambda: verify.verify(paths[1]))
    visited, away = Counter(seat.inspector_id for seat in seats), absences(plan)
    spread: dict[str, list[int]] = {}
    for one, department in plan.inspectors.select("inspector_id", "department_id").iter_rows():
        if one not in away:
            spread.setdefault(department, []).append(visited[one])
    gaps = sorted(max(own) - min(own) for own in spread.values())
    section = "\n".join(
        [
            HEADING,
            "",
            f"Written by `python -m tests.bench.draw --write` on {datetime.now(UTC):%Y-%m-%d}. {machine()}. Load {before:.1f} "
            f"before, {load():.1f} after. A made-up plan: {plan.frame.height:,} rows of the frame (173,000 entities, "
            f"{len(plan.tasks)} tasks, {len(plan.strata)} strata), {len(pairs):,} drawn, {len(ordered):,} visits, "
            f"{len(seats):,} seats from {plan.inspectors.height:,} inspectors ({len(away)} absent, "
            f"{plan.recusals.height:,} recusals). {len(short)} entities without a lawful team. Archives {sizes[0]:.1f} and "
            f"{sizes[1]:.1f} MiB. Greatest minus smallest load within a department: {gaps[0]}–{gaps[-1]}, at most 2 in "
            f"{sum(gap <= 2 for gap in gaps)} of {len(gaps)} departments.",
            "",
            "| step | CPU s | wall s |",
            "| --- | ---: | ---: |",
            *told,
            "",
        ]
    )
    sys.stdout.write(section)
    if "--write" in arguments:
        _PAGE.write_text(with_section(_PAGE.read_text(encoding="utf-8"), HEADING, section), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
