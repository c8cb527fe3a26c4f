"""Events in the warehouse: a day added equals all days at once, ids stay, nothing is used before it was known.

Not here: which words are like (tests/models/test_topics.py) and planted events at scale (tests/bench/topics.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import Policy
from models.text.heat import HeatRule, heat
from models.text.label import Told
from models.text.terms import SIZE
from tests.warehouse import small
from warehouse import catalog, known, parameters
from warehouse.engine import DuckDBEngine
from warehouse.text import replies, topics

FIRST = date(2026, 10, 1)
POLICY = Policy.load().at(FIRST)
SAID = [
    "安和巷停水两天了没人管", "安和巷又停水了没有通知", "安和巷停水什么时候恢复",
    "景文路工地半夜打桩太吵", "景文路工地凌晨还在打桩", "今天的凉皮很好吃", "想问问少儿书法班几点上课",
]  # fmt: skip
Row = dict[str, Any]
EVENT = "select * from text.event order by event_id"
ITEM = "select * exclude (rank_no, excerpt) from text.event_item order by item_kind, item_id"


def text(number: int, said: str, day: int, *, late: int = 0, author: str | None = None) -> Row:
    """A text of day `day` that became known `late` days later."""
    told = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    return {
        "text_id": f"T{number:03}", "feed_id": "f", "channel": "forum", "body": said, "author_id": author or f"A{number}",
        "district_code": "610102", "published_at": told + timedelta(minutes=number), "event_date": told.date(),
        "like_count": 3, "comment_count": 0, "repost_count": 0,
        "known_at": told + timedelta(days=late),
    }  # fmt: skip


@contextmanager
def warehouse() -> Iterator[DuckDBEngine]:
    with small.opened() as engine:
        for stage in ("entity", "text"):
            for name, table in catalog.contracts(stage).items():
                if name in ("district", "link", "repost"):
                    small.fill(engine, table.qualified, [])
        small.fill(engine, "fact.service_case", [])
        yield engine


def refresh(engine: DuckDBEngine, rows: Sequence[Row], day: int, reposts: Sequence[Row] = ()) -> None:
    """Bring both tables up to a day, with the texts delivered so far."""
    as_of = FIRST + timedelta(days=day)
    known_by = datetime.combine(as_of, datetime.min.time()) + timedelta(hours=16)
    small.fill(engine, "fact.text_item", rows)
    small.fill(engine, "text.repost", reposts)
    for name in ("text_item", "service_case"):
        known.create_known_view(engine, catalog.contracts("fact")[name], as_of, known_by)
    topics.write_topics(engine, POLICY, as_of, "recipe")


@small.few
@given(st.lists(st.tuples(st.sampled_from(SAID), st.integers(0, 8), st.sampled_from([0, 0, 0, 2])), max_size=24))
def test_days_added_one_by_one_equal_all_at_once(told: list[tuple[str, int, int]]) -> None:
    rows = [text(number, said, day, late=late) for number, (said, day, late) in enumerate(told)]
    with warehouse() as daily, warehouse() as whole:
        for day in range(0, 11, 2):
            refresh(daily, rows, day)
        refresh(whole, rows, 10)
        assert daily.rows(EVENT) == whole.rows(EVENT)
        assert daily.rows(ITEM) == whole.rows(ITEM)


def test_what_is_delivered_late_changes_what_it_would_have_changed() -> None:
    rows = [text(n, SAID[n % 3], n) for n in range(8)]
    late = [*rows, text(90, SAID[0], 1)]  # known on the second day, delivered after the last one
    with warehouse() as daily, warehouse() as whole:
        refresh(daily, rows, 7)
        refresh(daily, late, 8)
        refresh(whole, late, 8)
        assert daily.rows(EVENT) == whole.rows(EVENT)
        assert daily.rows("select text_count from text.event") == [(9,)]


def test_an_event_keeps_its_id_from_day_to_day() -> None:
    rows = [text(n, SAID[n % 3], n // 3) for n in range(15)]
    with warehouse() as engine:
        seen = []
        for day in range(1, 5):
            refresh(engine, rows, day)
            seen.append(engine.rows("select event_id, text_count, first_seen_on from text.event"))
    assert [len(found) for found in seen] == [1, 1, 1, 1]
    assert {found[0][0] for found in seen} == {seen[0][0][0]}
    assert [found[0][1] for found in seen] == [6, 9, 12, 15]
    assert {found[0][2] for found in seen} == {FIRST}


def test_nothing_is_used_before_it_was_known() -> None:
    rows = [text(n, SAID[n % 3], 0) for n in range(5)] + [text(9, SAID[0], 0, late=3)]
    with warehouse() as engine:
        refresh(engine, rows, 1)
        assert engine.rows("select text_count from text.event") == [(5,)]
        refresh(engine, rows, 3)
        assert engine.rows("select text_count from text.event") == [(6,)]


def test_reposts_count_for_what_they_repeat_and_make_no_event_themselves() -> None:
    rows = [text(n, SAID[0], 0, author=f"A{n % 2}") for n in range(6)]
    reposts = [
        {
            "feed_id": "f", "text_id": f"T{n:03}", "known_at": rows[n]["known_at"], "repeated_feed_id": "f",
            "repeated_text_id": "T000", "first_feed_id": "f", "first_text_id": "T000", "similarity": 1.0,
        }
        for n in range(1, 6)
    ]  # fmt: skip
    with warehouse() as engine:
        refresh(engine, rows, 0, reposts)
        found = engine.rows("select text_count, repost_items, author_count, engagement_count from text.event")
        assert found == [(6, 5, 2, 18)]
        assert engine.count("delta.topic_item") == 1


def test_a_rising_event_is_told_and_owned() -> None:
    rows = [text(n, SAID[n % 3], 20 + n // 20) for n in range(60)]
    with warehouse() as engine:
        refresh(engine, rows, 23)
        parameters.write_reference(engine, "district", "select district_code, name as district_name")
        small.fill(engine, "known.entity", [])
        engine.run(
            "create or replace table policy.topic as select 35 as warned_heat, 40 as warned_growth, 2 as respond_days"
        )
        small.sql_table(engine, "mart.topic", "mart.topic_day", "mart.topic_text")
        ((rising, respond_by, district),) = engine.rows("select is_rising, respond_by, district_name from mart.topic")
        assert (rising, respond_by, district) == (True, FIRST + timedelta(days=22), "新城区")
        assert engine.rows("select sum(text_count) from mart.topic_day") == [(60,)]
        assert [rank for (rank,) in engine.rows("select rank_no from mart.topic_text order by 1")] == [1, 2, 3]


def test_replies_are_scored_within_their_feed_and_counted_by_month() -> None:
    asked = ["安和巷停水何时恢复供水", "景文路工地半夜打桩谁管", "渭滨东路公交改线没有车坐"]
    said = ["您好，安和巷供水管道已抢修，今晚恢复供水", "您好，已责令景文路工地停止夜间打桩", "您好，留言已收悉"]
    with small.opened() as engine:
        rows = [
            {
                "feed_id": "f",
                "case_id": f"M{n}",
                "department_id": "board",
                "event_date": FIRST,
                "question": q,
                "reply": r,
            }
            for n, (q, r) in enumerate(zip(asked, said, strict=True))
        ]
        small.fill(engine, "fact.case_reply", rows)
        engine.run("create or replace view known.case_reply as from fact.case_reply")
        clock = [{"feed_id": "f", "case_id": "M1", "used_count": 20, "promised_limit": 10}]
        small.fill(engine, "known.case_clock", clock)
        small.fill(engine, "entity.department", [])
        assert replies.write_replies(engine, POLICY) == 3
        small.sql_table(engine, "mart.reply", "mart.reply_quality")
        found = engine.rows("select case_id, relevant_score, on_time_score from mart.reply order by case_id")
        assert [(case, int(relevant), int(time)) for case, relevant, time in found] == [
            ("M0", 100, 100),
            ("M1", 100, 0),
            ("M2", 0, 100),
        ]
        assert engine.rows("select month, reply_count from mart.reply_quality") == [(FIRST, 3)]


def test_a_person_counts_once_the_most_frequent_value_stands_and_originals_are_shown_first() -> None:
    listed = pl.DataFrame(
        {
            "event_no": [0] * 4, "event_id": ["e"] * 4, "told_on": [FIRST] * 4, "event_date": [FIRST] * 4,
            "item_kind": ["text"] * 4, "is_repost": [True, False, False, False], "person": ["C", "A", "A", "B"],
            "engagement_count": [0] * 4, "district_code": ["2", "2", "1", None], "entity_id": [9, 5, 9, None],
            "department_id": pl.Series([None] * 4, dtype=pl.String),
            "said": [SAID[0], SAID[0] + "，另外楼下的灯坏了很久", SAID[5], SAID[6]],
        }
    )  # fmt: skip
    heat_rule = HeatRule.of(POLICY.value("text.heat"))
    (event,) = topics._counted(heat_rule, listed, FIRST, POLICY.value("text.topic") | {"least_texts": 1}, {0: "停水"})
    assert event["people_score"] == heat(heat_rule, 3_000_000, 0, 0, 0.0).people / 100
    assert (event["district_code"], event["entity_id"], event["department_id"]) == ("2", 9, None)
    number = np.zeros(1, dtype=np.int64)
    told = Told.by(number, listed["said"].head(1), np.ones(SIZE))
    items = topics._items(listed, told, 2, 10)
    assert [row["rank_no"] for row in items] == [None, 1, None, 2]
