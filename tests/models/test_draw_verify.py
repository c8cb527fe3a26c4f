"""The stand-alone verifier accepts an honest bundle and names what is wrong with every other one.

It runs as a stranger would run it: `python3 -I verify.py BUNDLE_DIR`, without the project on the path.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sampling import verify
from models.sampling.draw import draw_stratum, stratum_size
from models.sampling.protocol import commitment, frame_root, seed
from models.sampling.team import team

PLAN, REVEALED = "P-1", ["红", "blue", "42"]
RATIOS = {"A1": 0, "B2": 100_000, "D4": 1_000_000}
FRAME = {f"E{number:03}": "A1" if number < 30 else "B2" if number < 85 else "D4" for number in range(100)}
POOLS = {"north": ["I1", "I2", "I3", "I4"], "south": ["I4", "I5", "I6"]}
RECUSED = {("E099", "I5"), ("E099", "I6"), ("E098", "I1")}


def pool_of(code: str) -> str:
    return "south" if code == "E097" else "north"


def recusal(code: str, inspector: str) -> dict[str, str]:
    return {"entity_code": code, "inspector_id": inspector}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    root = frame_root(FRAME)
    seed_hex = seed(root, REVEALED)
    strata, rows = [], []
    for stratum_id, ppm in RATIOS.items():
        drawn = draw_stratum(seed_hex, PLAN, stratum_id, [code for code in FRAME if FRAME[code] == stratum_id], ppm)
        strata.append({"stratum_id": stratum_id, "ratio_ppm": ppm, "population": drawn.population, "drawn": drawn.size})
        for row in drawn.drawn:
            eligible = [one for one in POOLS[pool_of(row.entity_code)] if (row.entity_code, one) not in RECUSED]
            pair = team(seed_hex, PLAN, row.entity_code, eligible, 2)
            rows.append(
                {
                    "stratum_id": stratum_id,
                    "draw_order": row.draw_order,
                    "ticket": row.ticket,
                    "entity_code": row.entity_code,
                    "inspector_ids": ";".join(inspector for inspector, _ in pair),
                }
            )
    plan = {
        "protocol": "mingcha-draw-v1",
        "plan_id": PLAN,
        "frame_root": root,
        "revealed": REVEALED,
        "commitments": [commitment(value) for value in REVEALED],
        "seed": seed_hex,
        "strata": strata,
        "inspectors_per_visit": 2,
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    write(tmp_path / "drawn.csv", rows)
    frame = [{"entity_code": code, "stratum_id": stratum, "pool_id": pool_of(code)} for code, stratum in FRAME.items()]
    write(tmp_path / "frame.csv", frame)
    write(
        tmp_path / "inspectors.csv",
        [{"pool_id": pool, "inspector_id": one} for pool, members in POOLS.items() for one in members],
    )
    write(tmp_path / "recusals.csv", [recusal(*pair) for pair in sorted(RECUSED)])
    return tmp_path


def run(bundle: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(Path(verify.__file__)), str(bundle)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_an_honest_bundle_is_accepted_from_outside_the_project(bundle: Path) -> None:
    done = run(bundle)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK: plan P-1, 22 drawn of 100 in 3 strata")
    assert "teams" in done.stdout


def test_inspectors_recusals_and_commitments_are_optional(bundle: Path) -> None:
    (bundle / "inspectors.csv").unlink()
    (bundle / "recusals.csv").unlink()
    in_plan(lambda plan: plan.pop("commitments"))(bundle)
    assert "teams" not in verify.verify(bundle)


Rows = list[dict[str, Any]]


def in_plan(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(bundle: Path) -> None:
        plan = json.loads((bundle / "plan.json").read_text(encoding="utf-8"))
        change(plan)
        (bundle / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    return apply


def in_rows(name: str, change: Callable[[Rows], object]) -> Callable[[Path], None]:
    def apply(bundle: Path) -> None:
        rows = read(bundle / name)
        change(rows)
        write(bundle / name, rows)

    return apply


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (in_rows("frame.csv", lambda rows: rows.pop(7)), "frame root"),
        (in_rows("frame.csv", lambda rows: rows[7].update(stratum_id="B2")), "frame root"),
        (in_rows("frame.csv", lambda rows: rows[7].update(entity_code="E999")), "frame root"),
        (in_rows("frame.csv", lambda rows: rows.append(rows[0])), "entity code twice"),
        (in_rows("drawn.csv", lambda rows: rows.pop()), "lists 14 entities, 15 are drawn"),
        (in_rows("drawn.csv", lambda rows: rows.append(rows[-1])), "lists 16 entities, 15 are drawn"),
        (in_rows("drawn.csv", lambda rows: rows.reverse()), "the draw gives"),
        (in_rows("drawn.csv", lambda rows: rows[0].update(entity_code="E001")), "the draw gives"),
        (in_rows("drawn.csv", lambda rows: rows[0].update(ticket="0" * 64)), "the draw gives"),
        (in_rows("drawn.csv", lambda rows: rows[0].update(draw_order=2)), "the draw gives"),
        (in_rows("drawn.csv", lambda rows: rows[0].update(stratum_id="Z9")), "unknown strata"),
        (in_rows("drawn.csv", lambda rows: rows[-1].update(inspector_ids="I1;I2;I3")), "the draw sends"),
        (in_rows("recusals.csv", lambda rows: rows.append({"entity_code": "E097", "inspector_id": "I5"})), "E097"),
        (
            in_rows("recusals.csv", lambda rows: rows.extend(recusal("E096", one) for one in POOLS["north"])),
            "only 0 inspectors",
        ),
        (in_plan(lambda plan: plan["revealed"].append("late")), "seed"),
        (in_plan(lambda plan: plan.update(revealed=[])), "reveals no value"),
        (in_plan(lambda plan: plan.update(seed="0" * 64)), "seed"),
        (in_plan(lambda plan: plan.update(commitments=plan["commitments"][1:])), "commitment"),
        (in_plan(lambda plan: plan["strata"][1].update(ratio_ppm=200_000)), "stratum B2: drawn is 11"),
        (in_plan(lambda plan: plan["strata"][1].update(ratio_ppm=-1)), "impossible"),
        (in_plan(lambda plan: plan["strata"][0].update(population=29)), "stratum A1: population is 30"),
        (in_plan(lambda plan: plan["strata"].pop()), "differ"),
        (in_plan(lambda plan: plan["strata"].append(plan["strata"][0])), "stratum twice"),
        (in_plan(lambda plan: plan.update(plan_id="P-2")), "the draw gives"),
        (in_plan(lambda plan: plan.update(protocol="v0")), "protocol"),
        (in_plan(lambda plan: plan.update(inspectors_per_visit=1)), "at least 2"),
    ],
)
def test_whatever_is_changed_is_caught_and_named(
    bundle: Path, capsys: pytest.CaptureFixture[str], tamper: Callable[[Path], None], complaint: str
) -> None:
    tamper(bundle)
    assert verify.main([str(bundle)]) == 1
    assert complaint in capsys.readouterr().err


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_the_verifier_draws_as_many_as_the_draw(population: int, ppm: int) -> None:
    assert verify.stratum_size(population, ppm) == stratum_size(population, ppm)
    assert verify.stratum_size(3, 666_667) == 3  # one millionth over two is three


def test_what_cannot_be_read_is_told_apart(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "plan.json").write_text("{}", encoding="utf-8")
    assert verify.main([str(bundle)]) == 2
    assert "UNREADABLE: KeyError: 'protocol'" in capsys.readouterr().err
    assert verify.main([]) == 2


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    lines = Path(verify.__file__).read_text(encoding="utf-8").splitlines()
    imported = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
