"""A contract finds every row that breaks it, and only those."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from quality import contract
from tests.warehouse import small
from warehouse import catalog
from warehouse.engine import DuckDBEngine


@pytest.fixture(scope="module")
def engine() -> Any:
    with small.opened() as opened:
        yield opened


def promises(engine: DuckDBEngine, qualified: str, rows: list[dict[str, Any]], with_key: bool = True) -> dict[str, int]:
    stage, name = qualified.split(".")
    small.fill(engine, qualified, rows)
    return dict(contract.violations(engine, catalog.contracts(stage)[name], with_key))


DISTRICT = {"district_code": "610102", "district_name": "新城区", "district_kind": "district"}


def test_a_table_that_keeps_its_contract_breaks_nothing(engine: DuckDBEngine) -> None:
    assert promises(engine, "entity.district", [DISTRICT, DISTRICT | {"district_code": "610103"}]) == {}
    assert promises(engine, "entity.district", []) == {}


def test_missing_not_allowed_and_repeated_are_counted(engine: DuckDBEngine) -> None:
    rows = [
        DISTRICT,
        DISTRICT,
        DISTRICT | {"district_name": None},
        DISTRICT | {"district_code": "1", "district_kind": "moon"},
    ]
    assert promises(engine, "entity.district", rows) == {
        "missing:district_name": 1,
        "not_allowed:district_kind": 1,
        "repeated:district_code": 1,
    }
    assert "repeated:district_code" not in promises(engine, "entity.district", rows, with_key=False)


def test_only_versions_in_force_may_not_share_a_key(engine: DuckDBEngine) -> None:
    base = {
        "change_id": "c",
        "entity_code": "E",
        "department_id": "D",
        "change_kind": "name",
        "event_date": datetime(2024, 1, 1),
        "feed_id": "f",
        "load_no": 1,
        "row_number": 1,
    }
    later = datetime(2024, 2, 1)
    assert promises(engine, "raw.change", [base | {"superseded_at": later}, base]) == {}
    assert promises(engine, "raw.change", [base, base]) == {"repeated:feed_id+change_id": 1} or promises(
        engine, "raw.change", [base, base]
    ) == {"repeated:change_id": 1}
    # two packs may use the same id
    assert promises(engine, "raw.change", [base, base | {"feed_id": "g"}]) == {}


@pytest.mark.parametrize("table", catalog.all_contracts(), ids=lambda t: t.qualified)
def test_every_promise_of_every_contract_can_be_asked(engine: DuckDBEngine, table: catalog.Table) -> None:
    """A row of nulls breaks each `!` of its contract once."""
    required = {f"missing:{c.name}" for c in table.columns if c.required}
    assert set(promises(engine, table.qualified, [{}], with_key=False)) == required
