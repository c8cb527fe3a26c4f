"""The commands of plans, visits and publication, from a draft to a published result: what they say and exit with."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines import visiting
from tests.pipelines.test_cli import fails, mingcha
from tests.warehouse.conftest import plan_home, zone_home  # noqa: F401 (fixtures)
from tests.warehouse.drawn import lawful_draw
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home

DRAFT = (
    "plan",
    "draft",
    "--id",
    "q4",
    "--from",
    "2026-11-02",
    "--to",
    "2026-12-31",
    "--item",
    "D03-001",
    "--joint",
    "L007",
)
WHO = ("--actor", "甲", "--reason", "批复一号")


def ok(*arguments: str | Path) -> str:
    result = mingcha(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_a_draft_to_a_published_result(plan_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(visiting, "_today", lambda: date(2026, 12, 1))
    at, file = ("--home", plan_home.root), tmp_path / "q4.yaml"
    assert "now `mingcha plan check" in ok(*DRAFT, "--out", file, *at)
    assert "a draft replaces nothing" in fails(2, *DRAFT, "--out", file, *at)
    told = ok("plan", "check", file, *at)
    assert "strata" in told
    assert "outside the draw" in told
    assert "feasible: " in told
    assert "Missing option" in fails(2, "plan", "freeze", file, *at)
    assert "q4" in ok("plan", "freeze", file, *WHO, *at)

    plan = read_frozen(plan_home.plans / "q4")
    drawn = lawful_draw(plan, tmp_path / "drawn")
    told = ok("visits", "issue", "q4", "--drawn", drawn, "--out", tmp_path / "papers", "--no-pdf", *at)
    assert "packages in" in told
    first = min((tmp_path / "papers" / "notices").iterdir())
    visit = json.loads(first.read_text("utf-8"))["visit"]
    good = {
        "visit_id": visit["visit_id"], "check_item_id": visit["items"][0]["check_item_id"], "visited_on": "2026-11-12",
        "inspector_ids": visit["inspector_ids"], "result": "fail", "critical_count": 1, "serious_count": 0, "minor_count": 0,
    }  # fmt: skip
    (tmp_path / "good.json").write_text(json.dumps([good]), "utf-8")
    assert "1 delivered = 1 accepted + 0 quarantined + 0 repeated" in ok(
        "visits", "results", tmp_path / "good.json", *at
    )
    (tmp_path / "bad.json").write_text(json.dumps([good | {"check_item_id": "D18-001"}, good]), "utf-8")
    told = fails(3, "visits", "results", tmp_path / "bad.json", *at)
    assert "2 delivered = 0 accepted + 1 quarantined + 1 repeated" in told
    assert "quarantined: not_planned 1" in told
    assert f"2026-12-10  recheck  {visit['visit_id']}" in ok("visits", "due", *at)

    assert "give either" in fails(2, "visits", "change", visit["visit_id"], *WHO, *at)
    assert "is not open" in fails(2, "visits", "change", "q4:NOBODY", "--cancel", *WHO, *at)
    last = max((tmp_path / "papers" / "notices").iterdir()).stem
    assert "event " in ok("visits", "change", f"q4:{last}", "--cancel", *WHO, *at)

    listed = ok("publication", "list", "--since", "2026-11-01", *at)
    assert f"2026-12-10  waiting  inspection  {visit['visit_id']}" in listed
    assert "1 listed, 0 overdue" in listed
    out = tmp_path / "publication.xlsx"
    assert "1 rows in" in ok("publication", "write", "--out", out, "--since", "2026-11-01", *WHO, *at)
    assert "published 2" in ok("publication", "list", "--since", "2026-11-01", *at)
    assert "nothing waits" in fails(
        2, "publication", "write", "--out", tmp_path / "x.csv", "--since", "2026-11-01", *WHO, *at
    )


def test_what_is_wrong_is_one_clear_line(plan_home: Home, tmp_path: Path) -> None:  # noqa: F811
    at, file = ("--home", plan_home.root), tmp_path / "q4.yaml"
    ok(*DRAFT, "--out", file, *at)
    text = file.read_text("utf-8")
    file.write_text(text.replace('"D03-001"', '"D03-999"', 1), "utf-8")
    told = fails(2, "plan", "check", file, *at)
    assert "q4.yaml: tasks[0].items: D03-999 not on the check list (清单之外无检查)" in told
    file.write_text(text.replace("to: 2026-12-31", "to: 2026-11-02"), "utf-8")
    assert "is short of" in fails(1, "plan", "check", file, *at)
    assert "cannot be carried out" in fails(2, "plan", "freeze", file, *WHO, *at)
    assert "no plan 'q4' is frozen" in fails(
        2, "visits", "issue", "q4", "--drawn", tmp_path, "--out", tmp_path / "p", *at
    )
    assert "nothing is published" in fails(2, "plan", "check", file, "--home", tmp_path / "empty")
