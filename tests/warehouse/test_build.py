"""When a table that Python makes is made anew. Not here: tables of SQL and raw tables (test_increments.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.warehouse import small
from warehouse import catalog
from warehouse.build import build_with


def test_a_table_is_made_anew_when_its_recipe_or_the_columns_of_its_contract_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with small.opened() as engine:

        def built(recipe: str) -> str:
            return build_with(
                engine,
                "known.warning_action",
                (),
                recipe,
                lambda: engine.build("known.warning_action", "select 1 as one"),
            ).how

        assert [built("a"), built("a"), built("b"), built("b")] == ["whole", "unchanged", "whole", "unchanged"]
        told = catalog.contracts("known")
        table = told["warning_action"]
        shorter = {**told, "warning_action": replace(table, columns=table.columns[:-1])}
        monkeypatch.setattr(catalog, "contracts", lambda stage: shorter)
        assert [built("b"), built("b")] == ["whole", "unchanged"]
