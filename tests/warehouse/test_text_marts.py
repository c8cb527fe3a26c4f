"""Marts of public texts by hand: what counts, shares, excerpts without accounts, queues, brigades, drift, and their tiles.

Not here: whom a text means (tests/warehouse/linking, test_text_links.py) and how it is read (test_text_tables.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.evidence.stability import population_stability
from models.policy.loader import Policy
from tests.warehouse import small
from warehouse import metrics, parameters
from warehouse.engine import DuckDBEngine
from warehouse.text import drift

AS_OF = date(2026, 10, 31)
KNOWN = datetime(2026, 10, 31)
RULES = Policy.load()
# text → days back, entity, polarity, severity, risks; the window is of 180 days
TEXTS: dict[str, tuple[int, int, int, int, tuple[str, ...]]] = {
    "T1": (0, 1, -1, 3, ("food_safety", "price")),
    "T2": (179, 1, 1, 0, ()),
    "T3": (180, 1, -1, 1, ("price",)),
    "T4": (10, 2, 0, 0, ()),
    "T5": (5, 2, -1, 1, ()),
    "T6": (5, 3, 1, 0, ()),
}
KEYS = {"feed_id": "VARCHAR", "text_id": "VARCHAR", "known_at": "TIMESTAMP"}
BODY = "菜是馊的，打 138 0013 8000 找 @小明店长 也没用" + "真" * 60
MARTS = (
    "mart.sentiment_month", "mart.sentiment_district", "mart.sentiment_industry", "mart.sentiment_risk",
    "mart.entity_text", "mart.sentiment_entity", "mart.text_review", "mart.text_campaign",
)  # fmt: skip


def keyed(text_id: str, **also: Any) -> dict[str, Any]:
    return {"feed_id": "x", "text_id": text_id, "known_at": KNOWN, **also}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        info = {
            "run_id": "r", "as_of": AS_OF, "known_by": KNOWN, "policy_version": "p", "code_version": "c",
            "input_digest": "i", "built_at": KNOWN, "feeds": "x",
        }  # fmt: skip
        small.fill(opened, "run.info", [info])
        small.fill(opened, "raw.service_case", [])
        parameters.write_policy(opened, RULES, AS_OF)
        small.fill(
            opened, "entity.district", [{"district_code": "01", "district_name": "甲区", "district_kind": "district"}]
        )
        small.fill(opened, "entity.industry", [{"industry_code": "6210", "industry_section": "H"}])
        small.fill(opened, "entity.department", [])
        entity = {"status": "active", "industry_code": "6210", "legal_form": "company"}
        places = {1: "01", 2: "01", 3: None}
        rows = [
            {**entity, "entity_id": n, "entity_code": f"C{n}", "name": f"店{n}", "district_code": place}
            for n, place in places.items()
        ]
        small.fill(opened, "known.entity", rows)
        days = {name: AS_OF - timedelta(days=told[0]) for name, told in TEXTS.items()}
        items = [keyed(name, event_date=day, body=BODY, channel="review") for name, day in days.items()]
        items.append(keyed("T1b", event_date=AS_OF, body=BODY, channel="forum"))  # a repost of T1
        columns = {**KEYS, "event_date": "DATE", "body": "VARCHAR", "channel": "VARCHAR", "title": "VARCHAR"}
        opened.load("known.text_item", columns, [{c: row.get(c) for c in columns} for row in items])
        small.fill(
            opened,
            "text.reading",
            [
                keyed(
                    name, polarity=tone, text_severity=severity, risk_ids=";".join(risks) or None,
                    polarity_probability=0.9 if name != "T4" else 0.5, text_digest=1, model_version="m",
                )
                for name, (_, _, tone, severity, risks) in TEXTS.items()
            ],
        )  # fmt: skip
        small.fill(
            opened,
            "text.risk",
            [keyed(n, risk_id=r, risk_term=r, model_version="m") for n, told in TEXTS.items() for r in told[4]],
        )
        small.fill(
            opened,
            "text.evidence",
            [
                keyed(
                    n,
                    entity_id=told[1],
                    event_date=days[n],
                    weight_micro=950_000,
                    polarity=told[2],
                    text_severity=told[3],
                )
                for n, told in TEXTS.items()
            ]
            + [keyed("unread", entity_id=1, event_date=AS_OF, weight_micro=950_000)],
        )
        first = {"repeated_feed_id": "x", "repeated_text_id": "T1", "first_feed_id": "x", "first_text_id": "T1"}
        small.fill(opened, "text.repost", [keyed("T1b", similarity=1.0, **first)])
        brigade = {"campaign_id": "b", "entity_id": 2}
        told = {"first_at": KNOWN, "last_at": KNOWN, "text_count": 20, "author_count": 2, "alike_ratio": 0.9}
        small.fill(opened, "text.campaign", [{**brigade, **told}])
        small.fill(
            opened,
            "text.campaign_text",
            [keyed("T5", **brigade, is_counted=True), keyed("T4", **brigade, is_counted=False)],
        )
        waiting = {"candidate_code": "C1", "candidate_name": "店", "link_probability": 0.5, "evidence": "brand"}
        small.fill(
            opened,
            "text.review",
            [keyed("T4", review_id="w", rank_no=n, candidate_entity_id=n, **waiting) for n in (1, 3)],
        )
        model = {"model_kind": "sentiment", "model_version": "m", "least_probability": 0.8}
        small.fill(opened, "text.model", [model])
        small.fill(opened, "text.order_category", [])
        small.fill(opened, "mart.order_review", [])
        small.fill(opened, "mart.text_drift", [])
        small.sql_table(opened, *MARTS)
        yield opened


def test_districts_count_the_window_and_the_one_before(engine: DuckDBEngine) -> None:
    asked = (
        "select district_code, text_count, negative_count, grave_count, entity_count, text_count_before,"
        " negative_count_before, negative_ratio from mart.sentiment_district order by 1"
    )
    # 5 texts, 2 negative in all; a district's share is drawn towards that of all as if 30 more were known
    assert engine.rows(asked) == [
        ("-", 1, 0, 0, 1, 0, 0, Decimal("0.387097")),  # (0·5 + 30·2) / (31·5)
        ("01", 4, 2, 1, 2, 1, 1, Decimal("0.411765")),  # (2·5 + 30·2) / (34·5)
    ]
    assert engine.rows("select industry_section, text_count, negative_count from mart.sentiment_industry") == [
        ("H", 5, 2)
    ]


def test_months_and_risks_count_texts_with_their_district(engine: DuckDBEngine) -> None:
    asked = "select month, text_count, negative_count, positive_count from mart.sentiment_month"
    assert engine.rows(f"{asked} where district_code = '01' order by 1") == [
        (date(2026, 5, 1), 2, 1, 1),
        (date(2026, 10, 1), 3, 2, 0),
    ]
    assert engine.rows("select month, risk_id, text_count from mart.sentiment_risk order by 1, 2") == [
        (date(2026, 5, 1), "price", 1),
        (date(2026, 10, 1), "food_safety", 1),
        (date(2026, 10, 1), "price", 1),
    ]


def test_a_text_of_an_entity_comes_without_accounts_and_with_what_repeats_it(engine: DuckDBEngine) -> None:
    rows = engine.rows("select text_id, collapsed_count, campaign_id, text_weight from mart.entity_text order by 1")
    assert rows == [
        ("T1", 1, None, Decimal("0.950000")),
        ("T2", 0, None, Decimal("0.950000")),
        ("T4", 0, "b", Decimal("0.950000")),
        ("T5", 0, "b", Decimal("0.950000")),
        ("T6", 0, None, Decimal("0.950000")),
    ]
    for (excerpt,) in engine.rows(
        "select text_excerpt from mart.entity_text union all from (select text_excerpt from mart.text_review)"
    ):
        assert excerpt.startswith("菜是馊的，打 … 找 @… 也没用真")
        assert excerpt.endswith("真…")
        assert len(excerpt) == 61


def test_entities_with_negative_texts_are_listed(engine: DuckDBEngine) -> None:
    asked = "select entity_id, text_count, negative_count, grave_count, collapsed_count, campaign_count, last_day"
    assert engine.rows(f"{asked} from mart.sentiment_entity order by 1") == [
        (1, 2, 1, 1, 1, 0, AS_OF),
        (2, 2, 1, 0, 0, 1, AS_OF - timedelta(days=5)),
    ]


def test_brigades_and_open_questions_are_listed(engine: DuckDBEngine) -> None:
    asked = "select campaign_id, started_on, ended_on, text_count, negative_count, counted_text_count from mart.text_campaign"
    assert engine.rows(asked) == [("b", date(2026, 10, 21), date(2026, 10, 26), 20, 1, 1)]
    asked = "select review_id, rank_no, entity_id, district_name, polarity from mart.text_review order by rank_no"
    assert engine.rows(asked) == [("w", 1, 1, "甲区", 0), ("w", 3, 3, None, 0)]


def test_tiles_say_what_the_marts_hold(engine: DuckDBEngine) -> None:
    chosen = [m for m in metrics.metrics() if m.area == "text"]
    engine.build("mart.metric_value", metrics.select(chosen))
    asked = "select metric_id, metric_value, compare_value, row_count from mart.metric_value order by 1"
    assert engine.rows(asked) == [
        ("text.campaigns", 1, 20, 1),
        ("text.counted", 5, 1, 5),
        ("text.drifted", 0, 0, 0),
        ("text.grave", 1, 2, 2),
        ("text.link_review", 1, 2, 2),
        ("text.negative_share", 40, 100, 5),
        ("text.order_review", 0, 0, 0),
    ]


@pytest.fixture
def months() -> Iterator[DuckDBEngine]:
    """Two even months of 200 texts, then one that is all negative, then one that is unsure."""
    with small.opened() as opened:
        mixes = {1: ((-1, 100, 0.9), (1, 100, 0.9)), 2: ((-1, 100, 0.9), (1, 100, 0.9))}
        mixes |= {3: ((-1, 200, 0.9), (1, 0, 0.9)), 4: ((-1, 130, 0.9), (1, 70, 0.6))}
        items, read = [], []
        for month, mix in mixes.items():
            for tone, texts, sure in mix:
                for n in range(texts):
                    name = f"{month}{tone}{n}"
                    items.append(keyed(name, event_date=date(2026, month, 9)))
                    read.append(keyed(name, polarity=tone, polarity_probability=sure))
        columns = {**KEYS, "event_date": "DATE"}
        opened.load("known.text_item", columns, items)
        small.fill(opened, "text.reading", read)
        small.fill(opened, "text.order_category", [])
        opened.load("known.service_case", {**columns, "case_id": "VARCHAR"}, [])
        small.fill(opened, "text.model", [{"model_kind": "sentiment", "least_probability": 0.8}])
        yield opened


def test_a_month_unlike_those_before_is_told(months: DuckDBEngine) -> None:
    assert drift.write_drift(months, RULES.at(AS_OF)) == 4
    asked = (
        "select month, class_mix, unsure_ratio, unsure_ratio_before, stability_index, is_drifted from mart.text_drift"
    )
    first, second, third, fourth = months.rows(f"{asked} order by month")
    assert first == (date(2026, 1, 1), "-1:100;1:100", 0.0, None, None, False), "nothing lies before it"
    assert second == (date(2026, 2, 1), "-1:100;1:100", 0.0, 0.0, 0.0, False)
    assert third[4] == pytest.approx(population_stability([200, 200], [200, 0]))
    assert third[5], "the mix moved"
    assert fourth[2:4] == (0.35, 0.0)
    assert fourth[4] < 0.25
    assert fourth[5], "a third is unsure"


def test_a_few_texts_tell_nothing(months: DuckDBEngine) -> None:
    months.run("delete from text.reading where text_id like '3%' and text_id not like '3-11%'")
    drift.write_drift(months, RULES.at(AS_OF))
    asked = "select text_count, stability_index, is_drifted from mart.text_drift where month = date '2026-03-01'"
    assert months.rows(asked) == [(111, None, False)]
