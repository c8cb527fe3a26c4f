"""Tables of what models say: what is new is read and nothing else, corrections teach, an open order finds a person.

Not here: single readings (tests/models/test_text_reading.py).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.policy.loader import Policy
from models.text.own import SHIPPED, read_card
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.state import State
from warehouse.text import labels, model_cards, orders, reading, scoring

RULES = Policy.load().at(AS_OF)
NOON = datetime(2026, 10, 1, 12)
LATER = datetime(2027, 1, 1)


def text(number: int, body: str, **also: Any) -> dict[str, Any]:
    return {"feed_id": "x", "text_id": f"T{number}", "known_at": NOON, "body": body, "event_date": NOON.date(), **also}


def order(number: int, title: str | None, **also: Any) -> dict[str, Any]:
    row = {"feed_id": "x", "case_id": f"C{number}", "known_at": NOON, "title": title, "case_kind": "hotline"}
    return {**row, "opened_at": NOON, "event_date": NOON.date(), "item_code": "010101", "department_id": "D01", **also}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


@pytest.fixture
def engine(home: Home) -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        small.fill(opened, "fact.text_item", [text(1, "买到假货，太失望了"), text(2, "菜很新鲜"), text(3, "几点关门")])
        small.fill(
            opened,
            "fact.service_case",
            [order(1, "反映一处小区暖气不热"), order(2, None), order(3, "x", case_kind="approval")],
        )
        model_cards.write_models(opened, home, [])
        yield opened


def readings(engine: DuckDBEngine) -> list[tuple[Any, ...]]:
    return engine.rows("select text_id, polarity, risk_ids from text.reading order by all")


def test_versions_are_read_with_their_proofs(engine: DuckDBEngine, home: Home) -> None:
    assert reading.write_reading(engine, home, RULES) == 3
    assert readings(engine) == [("T1", -1, "counterfeit"), ("T2", 1, None), ("T3", 0, None)]
    assert engine.rows("select text_id, risk_id, risk_term from text.risk") == [("T1", "counterfeit", "假货")]
    (version,) = engine.rows("select distinct model_version from text.reading")[0]
    card = read_card(SHIPPED, "sentiment")
    assert card is not None
    assert version.startswith(card["model_version"])


def test_only_what_is_new_or_changed_is_read(engine: DuckDBEngine, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    reading.write_reading(engine, home, RULES)
    given: list[str] = []
    monkeypatch.setattr(reading, "read", lambda model, texts, gates: given.extend(texts) or _READ(model, texts, gates))
    changed = [text(1, "买到假货，太失望了"), text(2, "菜是馊的"), text(4, "态度恶劣", title="投诉")]
    # one of them known at the instant of the one that is in force
    late = [text(number, "从未生效", superseded_at=NOON) for number in (4, 5)]
    small.fill(engine, "fact.text_item", [*changed, *late])
    assert reading.write_reading(engine, home, RULES) == 3
    assert sorted(given) == ["投诉。态度恶劣", "菜是馊的"]
    assert readings(engine) == [("T1", -1, "counterfeit"), ("T2", -1, "food_safety"), ("T4", -1, None)]
    assert engine.rows("select text_id from text.risk order by 1") == [("T1",), ("T2",)]


def test_increments_equal_one_whole_reading(engine: DuckDBEngine, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "CHUNK", 2)
    for rows in ([1, 2], [1, 2, 3, 4, 5], [2, 5, 6], []):
        small.fill(engine, "fact.text_item", [text(n, f"买到假货{n}" if n % 2 else f"很好{n}") for n in rows])
        reading.write_reading(engine, home, RULES)
        step = [engine.rows(f"select * from text.{name} order by all") for name in ("reading", "risk")]
        engine.run("drop table text.reading")
        reading.write_reading(engine, home, RULES)
        assert step == [engine.rows(f"select * from text.{name} order by all") for name in ("reading", "risk")]
        assert len(step[0]) == len(rows)


def test_another_version_reads_everything_anew(
    engine: DuckDBEngine, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.write_reading(engine, home, RULES)
    monkeypatch.setattr(reading, "recipe", lambda rules: "f" * 16)
    reading.write_reading(engine, home, RULES)
    assert engine.rows("select count(*) from text.reading where model_version like '%.ffffff'") == [(3,)]


def test_orders_get_a_category_or_a_person(engine: DuckDBEngine, home: Home) -> None:
    assert orders.write_categories(engine, home, RULES) == 2
    found = dict(engine.rows("select case_id, (suggested_code, category_level, needs_person) from text.order_category"))
    assert found["C1"] == ("020201", 3, False)
    assert found["C2"][1:] == (0, True)
    assert engine.rows("select case_id, rank_no from text.order_candidate order by 2") == [
        ("C2", 1),
        ("C2", 2),
        ("C2", 3),
    ]


def test_open_orders_that_a_person_should_see(engine: DuckDBEngine, home: Home) -> None:
    heating = {"item_code": "020201", "item_name": "住建·供暖·暖气不热", "department_id": "D05"}
    closed = [order(n, "暖气不热", closed_at=NOON, **heating) for n in range(10, 13)]
    rows = [
        *closed,
        order(1, "反映一处小区暖气不热", item_code="020201", department_id="D05"),
        order(2, "反映一处小区暖气不热", item_code="020201", department_id="D06"),
        order(3, "反映一处小区暖气不热", item_code="030101", department_id="D05"),
        order(4, "你好"),
    ]
    small.fill(engine, "fact.service_case", rows)
    orders.write_categories(engine, home, RULES)
    engine.run("create view known.service_case as select * from fact.service_case")
    small.fill(engine, "entity.department", [{"department_id": "D01", "name": "甲局"}])
    small.sql_table(engine, "mart.order_review")
    found = engine.rows("select case_id, review_cause, usual_department_id, first_code is null from mart.order_review")
    assert found == [
        ("C2", "other_department", "D05", True),
        ("C3", "other_category", "D05", True),
        ("C4", "not_sure", None, False),
    ]
    named = engine.rows("select case_id, suggested_name, department_name from mart.order_review")
    assert named[:2] == [("C2", "住建·供暖·暖气不热", None), ("C3", "住建·供暖·暖气不热", None)]
    assert named[2][2] == "甲局"


def test_corrections_become_labels_and_the_last_one_counts(engine: DuckDBEngine, home: Home) -> None:
    state = State(home.state)
    for polarity in ("0", "-1"):
        labels.record(state, "sentiment", "x", "T3", polarity, "张三", "读过")
    labels.record(state, "sentiment", "x", "T99", "1", "张三", "没有这条")
    events = labels.listed(state, LATER)
    assert [(one.text, one.label) for one in labels.labelled(engine, "sentiment", events)] == [("几点关门", "-1")]
    assert labels.labelled(engine, "category", events) == []
    assert labels.listed(state, datetime(2020, 1, 1)) == []
    assert model_cards.recipe(home, events) != model_cards.recipe(home, [])
    model_cards.write_models(engine, home, events)
    ((card,),) = engine.rows("select model_card from text.model where model_kind = 'sentiment'")
    assert json.loads(card)["correction_count"] == 1
    reading.write_reading(engine, home, RULES)
    assert ("T3", -1, None) in readings(engine)
    with pytest.raises(ValueError, match="category, sentiment"):
        labels.record(state, "mood", "x", "T1", "1", "张三", "x")


def test_a_model_adopted_by_hand_is_used(engine: DuckDBEngine, home: Home) -> None:
    folder = home.models
    folder.mkdir()
    for suffix in ("npz", "json"):
        (folder / f"sentiment.{suffix}").write_bytes((SHIPPED / f"sentiment.{suffix}").read_bytes())
    card = json.loads((folder / "sentiment.json").read_text(encoding="utf-8")) | {"accuracy": 0.5}
    (folder / "sentiment.json").write_text(json.dumps(card))
    model_cards.write_models(engine, home, [])
    assert engine.rows("select accuracy from text.model where model_kind = 'sentiment'") == [(0.5,)]
    with pytest.raises(FileNotFoundError, match="no model nothing of sentiment"):
        model_cards.current(home, "sentiment", "nothing")


_READ = reading.read
