"""The drawn plan in SQL is the draw of models.sampling, and its bundle convinces a third party, or says what is wrong."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from models.policy.loader import Policy
from models.sampling import protocol
from models.sampling.draw import draw_stratum
from models.sampling.ratio import inspectors_per_visit, ratios_ppm
from models.sampling.team import team
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse import drawing
from warehouse.engine import DuckDBEngine

VERIFY = Path(__file__).parents[2] / "models" / "sampling" / "verify.py"
PLAN = "annual-2013-09-30"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, chicago_data: Path) -> Any:
    """The invented city with invented inspectors in every ward, one of them with an expired certificate."""
    with small.opened() as engine:
        small.chicago(engine, tmp_path_factory.mktemp("city"), chicago_data, AS_OF)
        wards = [
            ward for (ward,) in engine.rows("select distinct district_code from plan.frame where 1 = 1 order by 1")
        ]
        inspectors = [
            {
                "inspector_id": f"I{seat}-{ward}",
                "department_id": "D01",
                "certificate_no": "x",
                "certificate_valid_until": date(2013, 9, 29) if seat == 4 else AS_OF,
                "district_code": ward,
            }
            for ward in wards
            if ward
            for seat in range(5)
        ]
        small.fill(engine, "entity.inspector", inspectors)
        # an entity without a ward has no inspectors of its ward: it goes to the first one
        engine.run(f"update plan.frame set district_code = '{next(w for w in wards if w)}' where district_code is null")
        small.sql_table(engine, "plan.team")
        yield engine


def verify(bundle: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(VERIFY), str(bundle)], capture_output=True, text=True, check=False)


def bundle_of(engine: DuckDBEngine, folder: Path, values: list[str]) -> Path:
    found = drawing.write_bundle(engine, folder, "run", lambda _: values)
    assert found is not None
    return found


def test_tickets_sizes_and_lists_are_those_of_the_model(city: DuckDBEngine) -> None:
    in_force = Policy.load().at(AS_OF)
    frame = city.rows("select entity_code, stratum_id, credit_grade, risk_grade from plan.frame")
    ((seed, root, plan_id),) = city.rows("select seed, frame_root, plan_id from plan.draw_plan")
    assert plan_id == PLAN
    assert root == protocol.frame_root({code: stratum for code, stratum, _, _ in frame})
    assert seed == protocol.seed(root, [drawing.DEMONSTRATION])
    strata: dict[str, set[tuple[str, str]]] = {}
    for _, stratum, credit, risk in frame:
        strata.setdefault(stratum, set()).add((credit, risk))
    assert len(strata) >= 5
    tickets, drawn, sizes = {}, {}, {}
    for stratum, ((credit, risk),) in strata.items():
        ppm = ratios_ppm(in_force)[credit, risk]
        result = draw_stratum(seed, plan_id, stratum, [code for code, own, _, _ in frame if own == stratum], ppm)
        sizes[stratum] = (ppm, result.population, result.size)
        tickets |= {t.entity_code: (stratum, t.ticket, t.draw_order) for t in result.ranked}
        drawn |= {t.entity_code: round(result.size / result.population, 6) for t in result.drawn}
    found = city.rows("select entity_code, stratum_id, ticket, draw_order from plan.ticket")
    assert {code: tuple(rest) for code, *rest in found} == tickets
    assert {
        code: float(p) for code, p in city.rows("select entity_code, inclusion_probability from plan.drawn")
    } == drawn
    stratum = "select stratum_id, stratum_ppm, population_count, drawn_count from plan.stratum"
    assert {name: tuple(rest) for name, *rest in city.rows(stratum)} == sizes


def test_teams_are_those_of_the_model(city: DuckDBEngine) -> None:
    ((seed,),) = city.rows("select seed from plan.draw_plan")
    size = inspectors_per_visit(Policy.load().at(AS_OF))
    expected = set()
    drawn = city.rows(
        "select d.entity_id, d.entity_code, f.district_code from plan.drawn as d join plan.frame as f using (entity_id)"
    )
    for entity, code, ward in drawn:
        eligible = [f"I{seat}-{ward}" for seat in range(4)]  # the fifth certificate ended the day before
        seats = team(seed, PLAN, code, eligible, size)
        expected |= {(entity, seat, *one) for seat, one in enumerate(seats, start=1)}
    assert set(city.rows("select entity_id, seat, inspector_id, ticket from plan.team")) == expected
    assert len(expected) == size * len(drawn) > 0


def test_the_bundle_with_teams_verifies_alone(city: DuckDBEngine, tmp_path: Path) -> None:
    bundle = bundle_of(city, tmp_path, [])
    told = verify(bundle)
    assert told.returncode == 0, told.stderr
    assert f"plan {PLAN}" in told.stdout
    assert "teams" in told.stdout


def test_without_a_full_team_the_bundle_claims_none(city: DuckDBEngine, tmp_path: Path) -> None:
    city.run("begin; delete from plan.team where rowid in (select min(rowid) from plan.team)")
    try:
        bundle = bundle_of(city, tmp_path, [])
    finally:
        city.run("rollback")
    assert not (bundle / "inspectors.csv").exists()
    assert "inspectors_per_visit" not in json.loads((bundle / "plan.json").read_text())
    assert verify(bundle).returncode == 0


@pytest.fixture(scope="module")
def published(small_home: Path) -> Path:
    (bundle,) = (small_home / "draws").iterdir()
    return bundle


def test_the_published_bundle_verifies(published: Path) -> None:
    told = verify(published)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("name", ["frame.csv", "drawn.csv"])
def test_any_changed_byte_of_a_list_is_found(published: Path, tmp_path: Path, name: str) -> None:
    """Every byte that carries meaning: the entity, its stratum, its ticket, its place."""
    from models.sampling import verify as third_party

    bundle = tmp_path / "bundle"
    shutil.copytree(published, bundle)
    whole = (bundle / name).read_bytes()
    head = whole.index(b"\n") + 1
    positions = [i for i in range(head, len(whole)) if meaningful(whole, head, i, name)]
    step = max(1, len(positions) // 400)
    missed = []
    for place in positions[::step]:
        changed = bytearray(whole)
        changed[place] = ord("0") if changed[place] != ord("0") else ord("1")
        (bundle / name).write_bytes(bytes(changed))
        try:
            third_party.verify(bundle)
        except (third_party.MismatchError, ValueError, KeyError):
            continue
        missed.append((place, whole[place : place + 20]))
    assert missed == []
    assert len(positions[::step]) >= 300


def meaningful(whole: bytes, head: int, place: int, name: str) -> bool:
    """Pools and inspectors decide the teams, which this bundle has none of; the rest decides the draw."""
    line = whole.rfind(b"\n", 0, place) + 1
    fields_before = whole[line:place].count(b",")
    return place >= head and fields_before < (2 if name == "frame.csv" else 4)


@pytest.mark.parametrize("field", ["seed", "frame_root", "plan_id", "revealed"])
def test_a_changed_plan_is_found(published: Path, tmp_path: Path, field: str) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(published, bundle)
    plan = json.loads((bundle / "plan.json").read_text())
    told = plan[field][0] if field == "revealed" else plan[field]
    changed = ("0" if told[0] != "0" else "1") + told[1:]
    plan[field] = [changed] if field == "revealed" else changed
    (bundle / "plan.json").write_text(json.dumps(plan))
    assert verify(bundle).returncode == 1


def test_a_revealed_value_makes_another_seed(city: DuckDBEngine, tmp_path: Path) -> None:
    seeds = {}
    for values in ([], ["甲方 7"], ["甲方 7", "乙方 9"], ["乙方 9", "甲方 7"]):
        assert drawing.freeze(city, lambda _, v=values: v, datetime(2026, 1, 1)) == 1
        small.sql_table(city, "plan.ticket", "plan.drawn", "plan.team")
        ((seed, source),) = city.rows("select seed, seed_source from plan.draw_plan")
        seeds[tuple(values)] = seed
        assert source == ("revealed" if values else "demonstration")
        folder = tmp_path / hashlib.sha256(repr(values).encode()).hexdigest()[:8]
        assert verify(bundle_of(city, folder, values)).returncode == 0
    assert len(set(seeds.values())) == 3  # the order in which parties reveal does not matter
    drawing.freeze(city, lambda _: [], small.BUILT_AT)
    small.sql_table(city, "plan.ticket", "plan.drawn", "plan.team")


def test_an_empty_frame_is_no_plan(tmp_path: Path) -> None:
    with small.opened() as engine:
        small.fill(engine, "plan.frame", [])
        assert drawing.freeze(engine, lambda _: [], small.BUILT_AT) == 0
        assert drawing.write_bundle(engine, tmp_path, "run", lambda _: []) is None


def test_an_entity_is_drawn_in_the_stratum_of_the_grade_a_person_set(city: DuckDBEngine) -> None:
    entity, risk = city.rows("select entity_id, risk_grade from plan.frame where credit_grade <> 'D' order by 1")[0]
    number = city.rows("select grade_no from policy.scorecard_cut where pack_id = 'risk' and grade = ?", [risk])[0][0]
    city.run("begin")
    city.rows(
        "insert into grade.override by name select ? as entity_id, 'credit' as pack_id, 1 as decision_no,"
        " 'A' as computed_grade, 'D' as decided_grade, cast(? as date) as valid_from, cast(? as date) as valid_to",
        [entity, AS_OF, AS_OF],
    )
    small.sql_table(city, "plan.frame")
    found = city.rows("select stratum_id, credit_grade, risk_grade from plan.frame where entity_id = ?", [entity])
    city.run("rollback")
    assert found == [(f"D{number}", "D", risk)]
