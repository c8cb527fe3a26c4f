"""Links, reposts and evidence as tables: by increments as at once, people above the model, each text once.

Not here: how a text is judged (tests/models).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.policy.loader import Policy
from tests.warehouse import small
from warehouse import catalog, parameters
from warehouse.engine import DuckDBEngine
from warehouse.state import Event
from warehouse.text import campaigns, links, reposts

AS_OF = date(2024, 6, 30)
START = datetime(2024, 1, 1)
POLICY = Policy.load().at(AS_OF)
THRESHOLDS = {name: float(share) for name, share in POLICY.value("matching.text_link_probability").items()}
TABLES = ("text.candidate", "text.repost")
NAMES = ["西安澄禾屿食品有限公司", "雁塔区澄禾屿烘焙坊", "未央区澄禾屿烘焙坊", "西安鹿棠麦餐饮有限公司", "云岚麦超市"]
SAID = [
    "昨天在{}买的面包里吃出虫子，店员还翻白眼，再也不来了",
    "{}的菜味道很正，老板热情，下回还来",
    "路过{}，人多不多",
]


def text(number: int, body: str, **more: Any) -> dict[str, Any]:
    known = more.pop("known_at", START)
    plain = {"feed_id": "f", "text_id": f"T{number}", "channel": "web", "body": body, "author_id": f"a{number}"}
    return {**plain, "published_at": known, "event_date": known.date(), "known_at": known, **more}


def firm(
    number: int, name: str, known: datetime = START, district: str = "610113", status: str = "active"
) -> dict[str, Any]:
    return {"feed_id": "f", "entity_code": f"E{number}", "name": name, "district_code": district, "industry_code": "6210", "status": status, "event_date": known.date(), "known_at": known}  # fmt: skip


def ready(engine: DuckDBEngine) -> None:
    small.fill(engine, "run.info", [{"as_of": AS_OF, "known_by": datetime(2024, 7, 1)}])
    small.fill(engine, "run.feed", [{"feed_id": "f", "code_system": "licence_number", "zone": "UTC"}])
    rule = {"policy_id": "matching.text_link_probability", "valid_from": date(2010, 1, 1)}
    row = dict.fromkeys(parameters.POLICY_TABLES["value"]) | rule | {"value_json": json.dumps(THRESHOLDS)}
    engine.load("policy.value", parameters.POLICY_TABLES["value"], [row])
    parameters.write_reference(engine, "district", "select district_code, name as district_name")
    links.write_verdicts(engine, [])
    small.fill(engine, "text.reading", [])


def build(engine: DuckDBEngine, firms: list[dict[str, Any]], texts: list[dict[str, Any]]) -> None:
    small.fill(engine, "raw.registration", firms)
    small.sql_table(engine, "entity.code")
    small.fill(engine, "fact.text_item", texts)
    engine.run("create or replace table known.text_item as from fact.text_item")
    links.write_candidates(engine, POLICY, "recipe")
    reposts.write_reposts(engine, POLICY, "recipe")


def link(engine: DuckDBEngine) -> None:
    small.sql_table(engine, "text.link")
    campaigns.write_campaigns(engine, POLICY)
    small.sql_table(engine, "text.evidence")


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        ready(opened)
        yield opened


def content(engine: DuckDBEngine) -> dict[str, list[tuple[Any, ...]]]:
    return {name: engine.rows(f"select * from {name} order by all") for name in TABLES}


@pytest.mark.parametrize("seed", range(6))
def test_day_by_day_equals_all_at_once(engine: DuckDBEngine, seed: int) -> None:
    """Late texts and names, corrections, texts taken back, names that end: the tables follow what stands now."""
    chance = random.Random(seed)
    firms, texts = [firm(0, NAMES[0])], dict[int, dict[str, Any]]()
    for day in range(8):
        now = START + timedelta(days=12 * day)
        late = now - timedelta(days=chance.choice([0, 0, 0, 5, 40]))
        status = chance.choice(["active", "active", "closed"])
        firms.append(firm(chance.randrange(6), chance.choice(NAMES), late, chance.choice(["610113", "610112"]), status))
        for _ in range(4):
            number, known = chance.randrange(20), now - timedelta(days=chance.choice([0, 0, 0, 20]))
            body = chance.choice(["", "转发："]) + chance.choice(SAID).format(chance.choice(["澄禾屿", *NAMES]))
            entity_id = 7 if chance.random() < 0.1 else None
            texts[number] = text(number, body, known_at=known, entity_id=entity_id)
        if texts and chance.random() < 0.5:
            texts.pop(chance.choice(list(texts)))
        build(engine, firms, list(texts.values()))
        with small.opened() as whole:
            ready(whole)
            build(whole, firms, list(texts.values()))
            assert content(engine) == content(whole), f"day {day}"
    assert all(engine.count(name) for name in TABLES)


def test_another_recipe_reads_everything_anew(engine: DuckDBEngine) -> None:
    build(engine, [firm(0, NAMES[0])], [text(1, NAMES[0])])
    engine.run("delete from text.candidate")
    links.write_candidates(engine, POLICY, "recipe")
    assert engine.count("text.candidate") == 0  # nothing is new, so nothing is read
    links.write_candidates(engine, POLICY, "another recipe")
    assert engine.count("text.candidate") == 1


def test_a_run_that_dies_reads_again_what_it_had_read(engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    build(engine, [firm(0, NAMES[0])], [])
    monkeypatch.setattr(links, "candidates", _die)
    with pytest.raises(KeyboardInterrupt):
        build(engine, [firm(0, NAMES[0])], [text(1, NAMES[0])])
    monkeypatch.undo()
    build(engine, [firm(0, NAMES[0])], [text(1, NAMES[0])])
    assert engine.count("text.candidate") == 1


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_name_registered_after_the_text_is_not_meant(engine: DuckDBEngine) -> None:
    firms = [firm(0, NAMES[0], START + timedelta(days=9))]
    build(engine, firms, [text(1, NAMES[0]), text(2, NAMES[0], known_at=START + timedelta(days=9))])
    assert engine.rows("select text_id from text.candidate") == [("T2",)]


def test_a_delivered_name_is_surer_than_any_wording(engine: DuckDBEngine) -> None:
    build(engine, [firm(0, NAMES[0]), firm(1, NAMES[3])], [text(1, NAMES[0], entity_id=11)])
    assert engine.rows("select entity_id, link_probability, evidence from text.candidate") == [(11, 1.0, "delivered")]


def verdict(number: int, entity_id: int, said: str) -> Event:
    return Event(
        number, START.isoformat(), links.KIND, "f|T1", "某人", "核对", {"entity_id": entity_id, "verdict": said}
    )


def test_a_person_stands_above_the_model(engine: DuckDBEngine) -> None:
    build(engine, [firm(0, NAMES[1]), firm(1, NAMES[2], district="610112")], [text(1, "澄禾屿烘焙坊的面包")])
    (one, other) = [entity for (entity,) in engine.rows("select entity_id from text.candidate order by 1")]
    link(engine)
    decided = "select entity_id, link_decision, is_linked from text.link order by 1"
    assert engine.rows(decided) == [(one, "review", False), (other, "review", False)]
    assert engine.count("text.evidence") == 0
    links.write_verdicts(engine, [verdict(1, one, "different"), verdict(2, one, "same")])
    link(engine)
    assert engine.rows(decided) == [(one, "linked", True), (other, "none", False)]
    links.write_verdicts(engine, [verdict(3, one, "different")])
    link(engine)
    assert engine.rows(decided) == [(one, "none", False), (other, "review", False)]


def test_a_repost_counts_once_and_a_text_as_much_as_it_is_sure(engine: DuckDBEngine) -> None:
    body = SAID[0].format("西安澄禾屿食品有限公司")
    later = START + timedelta(days=1)
    build(
        engine,
        [firm(0, NAMES[0])],
        [text(1, body), text(2, "转发：" + body, known_at=later), text(3, SAID[1].format("澄禾屿"))],
    )
    link(engine)
    found = dict(engine.rows("select text_id, weight_micro from text.evidence"))
    assert set(found) == {"T1", "T3"}
    told = engine.rows("select text_id, cast(round(link_probability * 1000000) as bigint) from text.link")
    assert found.items() <= set(told)
    assert found["T3"] < 1_000_000
    assert engine.rows("select text_id, first_text_id from text.repost") == [("T2", "T1")]


def test_a_brigade_counts_once_an_author(engine: DuckDBEngine) -> None:
    lives = [
        "今天和同事",
        "下雨天",
        "孩子放学后",
        "加完班",
        "路过的时候",
        "第三次来",
        "周末",
        "听朋友推荐",
        "忍了三天",
        "月底",
    ]
    bodies = [
        f"{lives[n % 10]}{lives[n * 7 % 10]}，西安澄禾屿食品有限公司黑心商家{'骗人' * (n % 3)}{n}" for n in range(30)
    ]
    texts = [
        text(n, body, author_id=f"a{n % 3}", published_at=START + timedelta(hours=n)) for n, body in enumerate(bodies)
    ]
    others = [text(99, SAID[1].format(NAMES[0]), published_at=START + timedelta(days=90))]
    build(engine, [firm(0, NAMES[0])], [*texts, *others])
    engine.run("delete from text.repost")  # so that the brigade alone keeps texts back
    link(engine)
    assert engine.rows("select text_count, author_count from text.campaign") == [(30, 3)]
    assert engine.rows("select text_id from text.evidence order by 1") == [("T0",), ("T1",), ("T2",), ("T99",)]


def test_every_text_table_has_the_columns_of_its_contract(engine: DuckDBEngine) -> None:
    build(engine, [firm(0, NAMES[0])], [text(1, NAMES[0])])
    link(engine)
    for name in ("candidate", "repost", "link", "evidence", "campaign", "campaign_text", "link_verdict"):
        promised = {c.name: c.type for c in catalog.contracts("text")[name].columns}
        assert engine.types(f"text.{name}") == promised, name
