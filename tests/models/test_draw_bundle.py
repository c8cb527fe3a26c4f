"""The two editions: the auditors' one convinces a stranger or says what is wrong; the public one tells no grade.

The verifier runs as a stranger would run it, `python3 -I verify.py`, and over many forged bundles in this process.
"""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.sampling import editions, verify
from models.sampling.announcement import Commitment, Reveal, announcement, check_reveals, frame_seals
from models.sampling.draw_text import draw_files
from models.sampling.plan_text import FILES, files_of
from tests.models import plans

Files = dict[str, bytes]
PLAN = plans.city()
LISTS = ("drawn.csv", "reserves.csv", "visits.csv", "teams.csv", "absent.csv")


@pytest.fixture(scope="module")
def honest() -> Files:
    return plans.auditors(PLAN)


def put(folder: Path, files: Files) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def run(bundle: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(Path(verify.__file__)), str(bundle), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_an_honest_bundle_is_accepted_from_outside_the_project(honest: Files, tmp_path: Path) -> None:
    digest = editions.sha256(honest["announcement-1.json"])
    done = run(put(tmp_path / "b", honest), digest)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"OK: plan P-2026-01 (auditors), announcement {digest}: ")
    refused = run(tmp_path / "b", "0" * 64)
    assert refused.returncode == 1
    assert "was published" in refused.stderr


def test_what_cannot_be_read_is_told_apart(tmp_path: Path) -> None:
    assert run(put(tmp_path / "b", {"manifest.json": b"{}"})).returncode == 2
    assert run(tmp_path / "nowhere.zip").returncode == 2


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    lines = Path(verify.__file__).read_text(encoding="utf-8").splitlines()
    imported = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


# Forging: change something, then set the manifest right, so that only the protocol itself can catch it.
Forge = Callable[[Files], None]


def rows_of(files: Files, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode())))


def put_rows(files: Files, name: str, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    files[name] = text.getvalue().encode()


def in_rows(name: str, change: Callable[[list[list[str]]], Any]) -> Forge:
    def apply(files: Files) -> None:
        rows = rows_of(files, name)
        change(rows)
        put_rows(files, name, rows)

    return apply


def in_json(name: str, change: Callable[[Any], Any]) -> Forge:
    def apply(files: Files) -> None:
        told = json.loads(files[name])
        change(told)
        files[name] = (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()

    return apply


def verdict(files: Files, folder: Path) -> str:
    sealed = editions.sealed_files({k: v for k, v in files.items() if k != "manifest.json"}, PLAN.plan_id, "auditors")
    for path in folder.iterdir() if folder.exists() else ():
        path.unlink()
    try:
        return verify.verify(put(folder, sealed))
    except (verify.MismatchError, ValueError, LookupError, TypeError, AttributeError) as error:
        return f"caught: {error}"


@pytest.mark.parametrize(
    ("forge", "complaint"),
    [
        (in_rows("frame.csv", lambda r: r.pop(7)), "frame.csv is not the one announced"),
        (in_rows("frame.csv", lambda r: r[7].__setitem__(2, "D4")), "frame.csv is not the one announced"),
        (in_rows("excluded.csv", lambda r: r.pop()), "excluded.csv is not the one announced"),
        (in_rows("excluded.csv", lambda r: r.append(["T3", "E003", "cap"])), "excluded.csv is not the one announced"),
        (in_rows("inspectors.csv", lambda r: r.pop()), "inspectors.csv is not the one announced"),
        (in_rows("leaves.csv", lambda r: r.pop()), "leaves.csv is not the one announced"),
        (in_rows("recusals.csv", lambda r: r.pop()), "recusals.csv is not the one announced"),
        (in_rows("drawn.csv", lambda r: r.pop()), "drawn.csv holds"),
        (in_rows("drawn.csv", lambda r: r.append(r[-1])), "drawn.csv holds"),
        (in_rows("drawn.csv", lambda r: r[1:].reverse() or r.__setitem__(slice(1, None), r[:0:-1])), "drawn.csv line 2"),
        (in_rows("drawn.csv", lambda r: r[1].__setitem__(5, "9")), "drawn.csv line 2"),
        (in_rows("reserves.csv", lambda r: r.pop(1)), "reserves.csv line 2"),
        (in_rows("visits.csv", lambda r: r[1].__setitem__(3, "T9")), "visits.csv line 2"),
        (in_rows("teams.csv", lambda r: r[1].__setitem__(2, "I00" if r[1][2] != "I00" else "I02")), "teams.csv line 2"),
        (in_rows("teams.csv", lambda r: r[1].__setitem__(13, "99")), "teams.csv line 2"),
        (in_rows("absent.csv", lambda r: r.pop()), "absent.csv holds"),
        (in_json("plan.json", lambda p: p["strata"][0].update(ratio_ppm=900_000)), "plan.json is not the one announced"),
        (in_json("plan.json", lambda p: p.update(policy_digest="other")), "plan.json is not the one announced"),
        (in_json("announcement-1.json", lambda a: a.update(policy_digest="other")), "policy_digest"),
        (in_json("announcement-1.json", lambda a: a.update(title="其他")), "title"),
        (in_json("announcement-1.json", lambda a: a.update(reveal_by="2026-11-30")), "drawn.csv line 2"),
        (in_json("announcement-1.json", lambda a: a.update(frame_count=1)), "line 2"),
        (in_json("announcement-1.json", lambda a: a["parties"].pop()), "does not fit its commitment"),
        (in_json("announcement-1.json", lambda a: a.update(parties=a["parties"][:1])), "fewer than two parties"),
        (in_json("announcement-1.json", lambda a: a.update(protocol="v1")), "protocol"),
        (in_json("reveals.json", lambda r: r["rounds"][0][0].update(value="8")), "does not fit its commitment"),
        (in_json("reveals.json", lambda r: r["rounds"][0].pop()), "did not reveal"),
        (in_json("reveals.json", lambda r: r["rounds"][0].append(r["rounds"][0][0])), "revealed twice"),
        (in_json("reveals.json", lambda r: r["rounds"].append(r["rounds"][0])), "2 rounds"),
        (lambda f: f.update({"key.txt": b"0" * 64}), "key.txt is not the key announced"),
        (lambda f: f.update({"verify.py": f["verify.py"] + b"\n"}), "verify.py is not the one announced"),
        (in_rows("frame.csv", lambda r: r[0].__setitem__(0, "task")), "does not have the columns"),
        (in_rows("frame.csv", lambda r: r[3].append("x")), "row of another length"),
    ],
)  # fmt: skip
def test_whatever_is_forged_is_caught_and_named(honest: Files, tmp_path: Path, forge: Forge, complaint: str) -> None:
    files = dict(honest)
    forge(files)
    assert complaint in verdict(files, tmp_path / "b")


def test_a_file_more_less_or_changed_is_caught_by_the_manifest(honest: Files, tmp_path: Path) -> None:
    for number, change in enumerate(
        (
            {"more.txt": b""},
            {"frame.csv": b""},
            {"manifest.json": honest["manifest.json"].replace(b"frame.csv", b"frame2.csv")},
        )
    ):
        with pytest.raises(verify.MismatchError, match=r"manifest\.json"):
            verify.verify(put(tmp_path / str(number), {**honest, **change}))


def forgeries(honest: Files, count: int, chance: random.Random) -> list[tuple[str, Files]]:
    """Random changes of one field, row, order or JSON value; the manifest is set right afterwards."""
    made = []
    names = [name for name in honest if name.endswith(".csv")]
    while len(made) < count:
        files, name = dict(honest), chance.choice(names)
        rows = rows_of(files, name)
        kind = chance.choice(["field", "drop", "twice", "swap", "json", "move"])
        one, other = (chance.randrange(1, len(rows)) for _ in range(2))
        if kind == "field":
            column = chance.randrange(len(rows[0]))
            rows[one][column] = chance.choice([rows[other][column], rows[one][column] + "0", "1", ""])
        elif kind == "drop":
            del rows[one]
        elif kind == "twice":
            rows.insert(other, list(rows[one]))
        elif kind == "swap":
            rows[one], rows[other] = rows[other], rows[one]
        elif kind == "move":
            rows.insert(other, rows.pop(one))
        else:
            name = chance.choice(["plan.json", "announcement-1.json", "reveals.json"])
            in_json(name, lambda told: spoil(told, chance))(files)
        if kind != "json":
            put_rows(files, name, rows)
        if rows_of(files, name) != rows_of(honest, name) if name.endswith(".csv") else files[name] != honest[name]:
            made.append((f"{name} {kind} {one} {other}", files))
    return made


def spoil(told: Any, chance: random.Random) -> None:
    """Change one value somewhere in a JSON document."""
    while True:
        place = chance.choice(sorted(told) if isinstance(told, dict) else range(len(told)))
        if isinstance(told[place], dict | list) and told[place]:
            told = told[place]
            continue
        value = told[place]
        told[place] = value + 1 if isinstance(value, int) else f"{value}x" if isinstance(value, str) else "x"
        return


def caught(honest: Files, folder: Path, count: int, seed: int) -> list[str]:
    """The forgeries that were not caught."""
    missed = [
        told
        for told, files in forgeries(honest, count, random.Random(seed))
        if not verdict(files, folder).startswith("caught")
    ]
    assert verdict(dict(honest), folder).startswith("OK")
    return missed


def test_random_forgeries_are_caught(honest: Files, tmp_path: Path) -> None:
    assert caught(honest, tmp_path / "b", 200, 1) == []


@pytest.mark.slow
def test_very_many_random_forgeries_are_caught(honest: Files, tmp_path: Path) -> None:
    assert caught(honest, tmp_path / "b", 3000, 2) == []


def test_a_draw_from_a_changed_plan_is_refused_although_all_its_files_agree(honest: Files, tmp_path: Path) -> None:
    """Somebody favours a firm: leaves it out of the frame after the announcement and draws anew with the right seed."""
    row = PLAN.frame.row(0)
    strata = tuple(
        replace(s, population=s.population - 1) if (s.task_id, s.stratum_id) == (row[0], row[2]) else s
        for s in PLAN.strata
    )
    kinder = replace(PLAN, frame=PLAN.frame[1:], strata=strata)
    from models.sampling.announcement import seed_of

    seed = seed_of(honest["announcement-1.json"], plans.KEY, plans.REVEALS)
    assert "is not the one announced" in verdict(
        {**honest, **files_of(kinder), **draw_files(kinder, seed)}, tmp_path / "b"
    )
    with pytest.raises(ValueError, match="was changed after its freeze"):
        editions.auditors_edition(kinder, plans.KEY, [honest["announcement-1.json"]], [plans.REVEALS], plans.VERIFIER)


def test_a_round_that_a_party_refused_is_void_and_the_next_one_counts(tmp_path: Path) -> None:
    first = plans.announced(PLAN)
    stay = [replace(one, value=one.value + " again") for one in plans.REVEALS[:2]]
    parties = [Commitment(one.party, one.commitment(PLAN.plan_id, 2)) for one in stay]
    more: dict[str, Any] = {
        "reveal_by": PLAN.window_from,
        "verifier_digest": json.loads(first)["verifier_digest"],
        "before": [first],
    }
    second = announcement(PLAN, plans.KEY, parties, refused=[plans.REVEALS[2].party], **more)
    files = editions.auditors_edition(PLAN, plans.KEY, [first, second], [plans.REVEALS[:2], stay], plans.VERIFIER)
    assert verdict(files, tmp_path / "b").startswith("OK")
    # the refuser's value turns up after all: then nobody had refused
    late = json.loads(files["reveals.json"])
    late["rounds"][0].append(
        {"party": plans.REVEALS[2].party, "salt": plans.REVEALS[2].salt, "value": plans.REVEALS[2].value}
    )
    assert "does not follow the round before it" in verdict(
        {**files, "reveals.json": json.dumps(late).encode()}, tmp_path / "b"
    )
    back = [*parties, Commitment(plans.REVEALS[2].party, "0" * 64)]
    with pytest.raises(ValueError, match="may not take part again"):
        announcement(PLAN, plans.KEY, back, refused=[plans.REVEALS[2].party], **more)
    with pytest.raises(ValueError, match="needs a party that refused"):
        announcement(PLAN, plans.KEY, parties, **more)


@pytest.mark.parametrize(
    ("reveals", "told"),
    [
        (plans.REVEALS[:2], "did not reveal; until all have, nobody is drawn"),
        ((*plans.REVEALS, Reveal("路人", "0" * 64, "1")), "the parties are"),
        ((replace(plans.REVEALS[0], value="08 16 23"), *plans.REVEALS[1:]), "is refused"),
        ((replace(plans.REVEALS[0], salt="A1" * 32), *plans.REVEALS[1:]), "64 lower-case hex digits"),
        ((replace(plans.REVEALS[0], value=""), *plans.REVEALS[1:]), "1–200 printable"),
        ((replace(plans.REVEALS[0], value="7\n8"), *plans.REVEALS[1:]), "1–200 printable"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(reveals: tuple[Reveal, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_reveals(json.loads(plans.announced(PLAN)), reveals)


# The public edition.


@pytest.fixture(scope="module")
def public(honest: Files) -> Files:
    return editions.public_edition(PLAN, honest)


def test_the_public_edition_and_proofs_are_accepted(honest: Files, public: Files, tmp_path: Path) -> None:
    drawn = set(pl.read_csv(honest["drawn.csv"])["entity_code"])
    codes = [next(iter(sorted(drawn))), next(c for c in sorted(PLAN.frame["entity_code"]) if c not in drawn)]
    paths = []
    for code in codes:  # whether drawn or not
        for number, told in enumerate(editions.inclusion_proof(PLAN, plans.KEY, honest["announcement-1.json"], code)):
            paths.append(tmp_path / f"{code}-{number}.json")
            paths[-1].write_text(json.dumps(told), encoding="utf-8")
    done = run(put(tmp_path / "b", public), *map(str, paths))
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"{code} was in the frame" in done.stdout for code in codes)
    forged = json.loads(paths[0].read_text()) | {"entity_code": "E999"}
    paths[0].write_text(json.dumps(forged))
    assert "does not lead to the frame root" in run(tmp_path / "b", str(paths[0])).stderr
    with pytest.raises(ValueError, match="E999 is in no frame"):
        editions.inclusion_proof(PLAN, plans.KEY, honest["announcement-1.json"], "E999")


def test_a_forged_public_edition_is_caught(public: Files, tmp_path: Path) -> None:
    def forged(**change: bytes) -> str:
        files = {
            k: v
            for k, v in {**public, **{k.replace("_", "."): v for k, v in change.items()}}.items()
            if k != "manifest.json"
        }
        with pytest.raises(verify.MismatchError) as told:
            verify.verify(put(tmp_path / "b", editions.sealed_files(files, PLAN.plan_id, "public")))
        return str(told.value)

    lines = public["drawn.csv"].decode().splitlines(keepends=True)
    assert "was drawn but is not in the frame" in forged(
        drawn_csv="".join([*lines[:-1], lines[-1].replace("E0", "E9")]).encode()
    )
    assert "other totals" in forged(drawn_csv="".join(lines[:-1]).encode())
    assert "frame root" in forged(leaves_txt=public["leaves.txt"][:-65])


def test_nothing_public_tells_a_stratum(honest: Files, public: Files) -> None:
    """No name of a stratum, no ratio, size, ticket, inspector or key, and no two equal seals."""
    whole = b"".join(data for name, data in public.items() if name not in ("verify.py", "README.txt"))
    assert set(public) == {
        "announcement-1.json",
        "reveals.json",
        "drawn.csv",
        "leaves.txt",
        "README.txt",
        "verify.py",
        "manifest.json",
    }
    secrets = {plans.KEY, *PLAN.inspectors["inspector_id"], *(row[4] for row in rows_of(honest, "drawn.csv")[1:])}
    secrets |= {f'"{stratum.stratum_id}"' for stratum in PLAN.strata} | {
        "ratio",
        "strat",
        "population",
        "district",
        "kinship",
    }
    assert [secret for secret in secrets if secret.encode() in whole] == []
    seals = [row[2] for row in rows_of(public, "drawn.csv")[1:]]
    assert len(set(seals)) == len(seals)
    assert rows_of(public, "drawn.csv")[1:] == sorted(rows_of(public, "drawn.csv")[1:])


def test_without_the_key_a_seal_cannot_be_guessed(public: Files) -> None:
    """An outsider who tries every stratum for a drawn firm finds no match; with the key there is one."""
    seals = {tuple(row[:2]): row[2] for row in rows_of(public, "drawn.csv")[1:]}
    (task, code), seal = next(iter(seals.items()))
    place = next(n for n, row in enumerate(PLAN.frame.iter_rows()) if row[:2] == (task, code))

    def guesses(key: str) -> set[str]:
        found = set()
        for stratum in ("A1", "B2", "D4", "all"):
            frame = PLAN.frame.with_columns(
                pl.when(pl.int_range(pl.len()) == place)
                .then(pl.lit(stratum))
                .otherwise("stratum_id")
                .alias("stratum_id")
            )
            found.add(frame_seals(replace(PLAN, frame=frame), key)[place])
        return found

    assert seal in guesses(plans.KEY)
    assert seal not in guesses("")


def test_the_same_plan_gives_the_same_bytes(honest: Files) -> None:
    shuffled = replace(PLAN, frame=PLAN.frame.sample(fraction=1, shuffle=True, seed=3), tasks=PLAN.tasks[::-1])
    assert plans.auditors(plans.canonical(shuffled)) == honest
    assert {name: honest[name] for name in FILES} == files_of(shuffled)
    assert set(LISTS) < set(honest)
