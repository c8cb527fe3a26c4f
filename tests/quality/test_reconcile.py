"""Cross-table promises: each file is silent on the built city, and names the failure once a row is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quality import reconcile
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse.engine import DuckDBEngine

# file → (what goes wrong, what is said)
BREAKS = {
    "loads_add_up": ("update run.load set accepted_count = accepted_count - 1 where source_id = 'visit'", "visit"),
    "contributions_sum_to_score": (
        "update grade.contribution set contribution = contribution + 0.000001"
        " where part_no = (select max(part_no) from policy.scorecard_indicator where pack_id = 'risk')"
        " and entity_id = (select min(entity_id) from grade.score)",
        "risk of entity",
    ),
    "everyone_is_graded": (
        "delete from grade.grade where entity_id = (select min(entity_id) from grade.grade)",
        "has no grade",
    ),
    "frame_is_drawn_once": ("delete from plan.drawn where draw_order = 1", "to draw"),
    "entity_ids_are_unique": (
        "update entity.code set entity_id = 7 where entity_code like '%1'",
        "entity 7 stands for",
    ),
    "code_of_one_register": (
        "insert into run.feed select 'other', 'credit_code', zone from run.feed;"
        " alter table raw.registration alter feed_id type varchar;"
        " update raw.registration set feed_id = 'other' where row_number = 1 and source_id = 'inspection_register'",
        "2 code systems",
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, chicago_data: Path) -> Any:
    with small.opened() as engine:
        small.chicago(engine, tmp_path_factory.mktemp("city"), chicago_data, AS_OF)
        yield engine


@pytest.fixture
def city(built: DuckDBEngine) -> Iterator[DuckDBEngine]:
    """The city, with whatever the test does to it undone."""
    built.run("begin")
    yield built
    built.run("rollback")


def test_the_city_reconciles(city: DuckDBEngine) -> None:
    assert reconcile.failures(city) == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_failure_is_named(city: DuckDBEngine, name: str) -> None:
    how, told = BREAKS[name]
    city.run(how)
    found = reconcile.failures(city)
    assert any(failure.startswith(f"{name}: ") and told in failure for failure in found), found


def test_a_lost_ticket_is_named(city: DuckDBEngine) -> None:
    city.run("delete from plan.ticket where ticket = (select max(ticket) from plan.ticket)")
    assert any("frame of 300 entities has 299 tickets" in failure for failure in reconcile.failures(city))


def test_every_file_has_a_way_to_fail() -> None:
    assert set(BREAKS) == {path.stem for path in Path(reconcile.__file__).parent.glob("*.sql")}
