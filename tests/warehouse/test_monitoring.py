"""Each month against the grades published before it: counted from the ledger and the inspections, once, with warnings."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.policy.loader import BUILT_IN, Policy
from tests.warehouse import small
from warehouse import ledger, monitoring, rules
from warehouse.engine import DuckDBEngine
from warehouse.feed import FeedError
from warehouse.home import Home
from warehouse.serving import Publisher

INSPECTION = {"inspection_id": "VARCHAR", "entity_id": "BIGINT", "event_date": "DATE", "critical_count": "INTEGER"}
ENTITIES = range(1, 201)


def publish(home: Home, run_id: str, as_of: date, worst_first: bool) -> None:
    """A snapshot in which one entity in four is critical each month; the score says so, or says the contrary."""
    with DuckDBEngine(home.root / "small.duckdb") as engine:
        small.fill(engine, "run.info", [{"run_id": run_id, "as_of": as_of, "policy_version": "v1"}])
        bad = [n % 4 == 0 for n in ENTITIES]
        rows = [
            {
                "entity_id": n,
                "credit_score": 90,
                "credit_grade": "B",
                "risk_score": 60 if is_bad is worst_first else 20,
                "risk_grade": "Ⅲ" if is_bad is worst_first else "Ⅰ",
            }
            for n, is_bad in zip(ENTITIES, bad, strict=True)
        ]
        small.fill(engine, "grade.grade", rows)
        days = [as_of.replace(day=1) - timedelta(days=30 * k) for k in range(3)]
        seen = [
            {
                "inspection_id": f"{day}-{n}",
                "entity_id": n,
                "event_date": day + timedelta(days=n % 20),
                "critical_count": int(b),
            }
            for day in days
            for n, b in zip(ENTITIES, bad, strict=True)
        ]
        engine.load("known.inspection", INSPECTION, [one for one in seen if one["event_date"] <= as_of])
        small.fill(engine, "mart.data_age", [{"feed_id": "f", "source_id": "s", "age_days": 3, "is_late": False}])
        publisher = Publisher(home)
        publisher.publish(publisher.build(engine, run_id))
    ledger.keep(home)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


def card(home: Home, auc: float, counts: list[int]) -> None:
    """Rules of the run with a card: `auc` promised, and so many scores below 20, from 20 and from 60 on."""
    folder = home.policies / "v1"
    (folder / "scorecard").mkdir(parents=True)
    (folder / "card").mkdir()
    shutil.copy(BUILT_IN / "scorecard" / "risk.yaml", folder / "scorecard" / "risk.yaml")
    promised = {"held_out": {"auc": {"value": auc}}, "reference": {"cuts": [20, 60], "counts": counts}}
    (folder / "card" / "risk-2010-01-01.json").write_text(json.dumps(promised))


def told(home: Home, month: str) -> dict[str, Any]:
    return next(one for one in monitoring.kept(home) if one["month"] == month)


def test_a_month_is_judged_once_by_the_grades_published_before_it(home: Home) -> None:
    publish(home, "r1", date(2026, 1, 31), worst_first=True)
    assert monitoring.keep(home) == [], "no grade was published before January"
    publish(home, "r2", date(2026, 2, 28), worst_first=False)
    assert [path.stem for path in monitoring.keep(home)] == ["2026-02"]
    assert monitoring.keep(home) == []
    risk = told(home, "2026-02")["packs"]["risk"]
    assert (told(home, "2026-02")["run_id"], risk["inspections"], risk["found"]) == ("r1", 200, 50)
    assert risk["auc"]["value"] == 1.0, "the grades of r1 knew; those of r2 came after"
    rates = {one["grade"]: (one["inspections"], one["found"]) for one in risk["grades"]}
    assert rates == {"Ⅰ": (150, 0), "Ⅱ": (0, 0), "Ⅲ": (50, 50), "Ⅳ": (0, 0)}
    assert risk["promised_auc"] is None
    assert not risk["is_decayed"]
    assert risk["migration"] is None


def test_a_pack_below_its_card_and_a_register_unlike_it_are_told(home: Home) -> None:
    card(home, 0.8, [140, 10, 50])
    publish(home, "r1", date(2026, 1, 31), worst_first=False)
    publish(home, "r2", date(2026, 2, 28), worst_first=False)
    monitoring.keep(home)
    risk = told(home, "2026-02")["packs"]["risk"]
    assert risk["auc"]["value"] == 0.0
    assert risk["promised_auc"] == 0.8
    assert risk["is_decayed"]
    assert risk["is_drifted"], "nobody has less than 20 any more"
    assert not told(home, "2026-02")["packs"]["credit"]["is_decayed"], "it has no card"
    assert monitoring.complaints(told(home, "2026-02")) == ["risk: decayed", "risk: drifted"]


def test_a_pack_that_keeps_its_promise_is_not_complained_of(home: Home) -> None:
    card(home, 0.8, [0, 150, 50])
    publish(home, "r1", date(2026, 1, 31), worst_first=True)
    publish(home, "r2", date(2026, 2, 28), worst_first=True)
    publish(home, "r3", date(2026, 3, 31), worst_first=False)
    assert [path.stem for path in monitoring.keep(home)] == ["2026-02", "2026-03"]
    risk = told(home, "2026-03")["packs"]["risk"]
    assert told(home, "2026-03")["pooled_months"] == ["2026-02", "2026-03"]
    assert not risk["is_decayed"]
    assert (risk["drift"], risk["is_drifted"]) == (0, False), "many equal scores are no drift"
    assert risk["migration"] == [[150, 0, 0, 0], [0, 0, 0, 0], [0, 0, 50, 0], [0, 0, 0, 0]]


def test_rules_of_packs_and_overlays_are_kept_with_the_run(home: Home, tmp_path: Path) -> None:
    feeds = [small.pack(tmp_path / name, {"inspection": "*.csv"}) for name in ("one", "two")]
    for folder, cut in (("one", 3), ("two", 4)):
        target = tmp_path / folder / "policy" / "sampling"
        target.mkdir(parents=True)
        text = (BUILT_IN / "sampling" / "inspectors_per_visit.yaml").read_text("utf-8").replace(": 2\n", f": {cut}\n")
        (target / "inspectors_per_visit.yaml").write_text(text, encoding="utf-8")
    used = rules.of_run(feeds[:1], None)
    assert used.at(date(2026, 1, 1)).value("sampling.inspectors_per_visit") == 3
    assert (
        rules.of_run(feeds[:1], tmp_path / "two" / "policy").at(date(2026, 1, 1)).value("sampling.inspectors_per_visit")
        == 4
    )
    with pytest.raises(FeedError, match=r"one and two both bring sampling/inspectors_per_visit\.yaml"):
        rules.of_run(feeds, None)
    rules.keep(home, Policy.load(), "v8")
    assert not (home.policies / "v8").exists(), "nothing was taken from elsewhere"
    rules.keep(home, used, "v9")
    shutil.rmtree(tmp_path / "one")
    assert rules.kept(home, "v9").at(date(2026, 1, 1)).value("sampling.inspectors_per_visit") == 3
    assert rules.kept(home, "unknown").at(date(2026, 1, 1)).value("sampling.inspectors_per_visit") == 2


def test_sources_and_cards_of_several_packs_are_kept_as_they_hold(home: Home, tmp_path: Path) -> None:
    """Both packs cite one law of their own and bring a card of one name: the later pack's hold, as in the rules."""
    for name in ("one", "two"):
        (tmp_path / name / "card").mkdir(parents=True)
        (tmp_path / name / "card" / "risk-2010-01-01.json").write_text(name)
        (tmp_path / name / "basis.yaml").write_text(f"law: {{title: {name}, issuer: x, in_force: 2020-01-01}}\n")
    used = Policy.load(tmp_path / "one", tmp_path / "two")
    rules.keep(home, used, "v9")
    assert rules.kept(home, "v9").basis == used.basis
    assert used.basis["law"].title == "two"
    assert (home.policies / "v9" / "card" / "risk-2010-01-01.json").read_text() == "two"
