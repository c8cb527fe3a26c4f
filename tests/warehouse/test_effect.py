"""When a record stops counting: the end of its legal effect, of its publicity, its repair, and its window.

Not here: how decisions of people are entered (test_decisions), and the points of what still counts (tests/cases).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import indicator_rules
from models.policy.loader import Policy
from tests.warehouse import small
from warehouse.engine import DuckDBEngine

PENALTY_TABLES = ("known.penalty_effect", "known.fading", "indicator.penalty")
LISTING_TABLES = ("known.listing", "indicator.abnormal_list")
WINDOW = 1096
DAY = date(2025, 1, 10)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """A warehouse that holds the rules about the end of records and nothing else."""
    rules = indicator_rules.tables(Policy.load().at(DAY))
    with small.opened() as opened:
        for name in ("publicity_period", "indicator_window", "decay"):
            opened.load(f"policy.{name}", indicator_rules.TABLES[name], rules[name])
        yield opened


def on(engine: DuckDBEngine, as_of: date) -> None:
    engine.run(f"create or replace table run.info as select date '{as_of}' as as_of")


def built(
    engine: DuckDBEngine, as_of: date, penalties: list[dict[str, Any]], repairs: list[tuple[str, date]]
) -> list[tuple[Any, ...]]:
    """Effect and count of penalties as of a day: penalty_id, ends_on, ends_by, repairable_from, number counted."""
    whole = {"entity_id": 1, "penalty_kind": "fine", "amount_cny": 100, "penalty_severity": "general"}
    on(engine, as_of)
    columns = ("penalty_id", "entity_id", "event_date", "penalty_kind", "penalty_severity", "amount_cny")
    kinds = dict(zip(columns, ("VARCHAR", "BIGINT", "DATE", "VARCHAR", "VARCHAR", "DECIMAL(18,2)"), strict=True))
    kinds |= {"inspection_id": "VARCHAR", "effect_until": "DATE"}
    engine.load("known.penalty", kinds, [dict.fromkeys(kinds) | whole | penalty for penalty in penalties])
    small.fill(
        engine,
        "known.repair",
        [{"entity_id": 1, "record_kind": "penalty", "record_id": of, "repaired_on": day} for of, day in repairs],
    )
    small.sql_table(engine, *PENALTY_TABLES)
    return engine.rows(
        "select e.penalty_id, e.ends_on, e.ends_by, e.repairable_from,"
        " coalesce((select cast(indicator_value as integer) from indicator.penalty"
        "           where indicator_id = 'penalty.count'), 0)"
        " from known.penalty_effect as e order by 1"
    )


@pytest.mark.parametrize(
    ("rule", "penalty", "repaired_on", "ends_on", "ends_by", "repairable_from"),
    [
        ("影响期止当日不再计入", {"effect_until": date(2025, 9, 1)}, None, date(2025, 9, 1), "legal_effect", date(2025, 7, 10)),
        ("轻微处罚公示满三个月不再计入", {"penalty_severity": "minor"}, None, date(2025, 4, 10), "publicity", date(2025, 1, 10)),
        # a year is over on 2026-01-10, yet the rule of one year holds only since 2026-04-01
        ("一般处罚自新办法施行之日起按一年计", {}, None, date(2026, 4, 1), "publicity", date(2025, 7, 10)),
        ("严重处罚满三年不再计入", {"penalty_severity": "serious"}, None, date(2028, 1, 10), "publicity", date(2026, 1, 10)),
        ("修复生效当日不再计入", {}, date(2025, 8, 1), date(2025, 8, 1), "repair", date(2025, 7, 10)),
        ("早于最短公示期的修复，到期才生效", {}, date(2025, 2, 1), date(2025, 7, 10), "repair", date(2025, 7, 10)),
    ],
)  # fmt: skip
def test_a_penalty_ends_on_the_first_of_its_ends(
    engine: DuckDBEngine,
    rule: str,
    penalty: dict[str, Any],
    repaired_on: date | None,
    ends_on: date,
    ends_by: str,
    repairable_from: date,
) -> None:
    """It counts on the day before its end and no longer on the day itself."""
    repairs = [("P", repaired_on)] if repaired_on else []
    for as_of, counted in ((ends_on - timedelta(days=1), 1), (ends_on, 0)):
        told = built(engine, as_of, [{"penalty_id": "P", "event_date": DAY} | penalty], repairs)
        assert told == [("P", ends_on, ends_by, repairable_from, counted)], rule


def test_a_penalty_of_the_old_rules_runs_for_three_years(engine: DuckDBEngine) -> None:
    """Whichever comes first: three years of publicity, or the window of as many days."""
    end = date(2016, 3, 1)
    penalty = {"penalty_id": "P", "event_date": date(2013, 3, 1), "penalty_severity": "serious"}
    for as_of, counted in ((end - timedelta(days=1), 1), (end, 0)):
        assert built(engine, as_of, [penalty], [])[0][-1] == counted


@small.few
@given(
    days=st.lists(st.integers(0, 1500), min_size=1, max_size=6),
    severities=st.lists(st.sampled_from(["minor", "general", "serious"]), min_size=6, max_size=6),
    later=st.integers(0, WINDOW),
)
def test_what_ended_never_counts_and_time_alone_never_adds(
    engine: DuckDBEngine, days: list[int], severities: list[str], later: int
) -> None:
    """With no new event, the number that counts only falls as days go by, to nothing in the end."""
    first = date(2022, 1, 1)
    penalties = [
        {"penalty_id": f"P{n}", "event_date": first + timedelta(days=day), "penalty_severity": severity}
        for n, (day, severity) in enumerate(zip(days, severities, strict=False))
    ]
    as_of = first + timedelta(days=max(days))
    numbers = []
    for day in (as_of, as_of + timedelta(days=later), as_of + timedelta(days=WINDOW)):
        told = built(engine, day, penalties, [])
        assert told[0][-1] == sum(ends_on > day for _, ends_on, *_ in told)
        numbers.append(told[0][-1])
    assert numbers[0] >= numbers[1] >= numbers[2] == 0


@pytest.mark.parametrize(
    ("list_kind", "removed_on", "repaired_on", "ends_on", "ends_by"),
    [
        ("abnormal", date(2025, 6, 1), None, date(2025, 6, 1), "legal_effect"),
        ("abnormal", None, date(2025, 3, 1), date(2025, 3, 1), "repair"),
        ("serious", None, date(2025, 3, 1), date(2026, 1, 10), "repair"),  # a year at least
        ("serious", None, None, date(2028, 1, 10), "publicity"),
    ],
)
def test_a_listing_holds_until_the_first_of_its_ends(
    engine: DuckDBEngine, list_kind: str, removed_on: date | None, repaired_on: date | None, ends_on: date, ends_by: str
) -> None:
    for as_of, is_listed in ((ends_on - timedelta(days=1), 1), (ends_on, 0)):
        on(engine, as_of)
        kinds = {"listing_id": "VARCHAR", "entity_id": "BIGINT", "event_date": "DATE"}
        kinds |= {"listing_action": "VARCHAR", "list_kind": "VARCHAR"}
        told = [("listed", DAY), *([("removed", removed_on)] if removed_on and removed_on <= as_of else [])]
        rows = [
            {"listing_id": "L", "entity_id": 1, "event_date": on, "listing_action": action, "list_kind": list_kind}
            for action, on in told
        ]
        engine.load("known.abnormal_list", kinds, rows)
        repairs = [{"entity_id": 1, "record_kind": "abnormal_list", "record_id": "L", "repaired_on": repaired_on}]
        small.fill(engine, "known.repair", repairs if repaired_on else [])
        small.sql_table(engine, *LISTING_TABLES)
        if as_of == ends_on:
            assert engine.rows("select ends_on, ends_by from known.listing") == [(ends_on, ends_by)]
        value = engine.rows(
            "select cast(indicator_value as integer) from indicator.abnormal_list"
            " where indicator_id = 'abnormal_list.is_listed'"
        )
        assert value == [(is_listed,)]


RULES = st.lists(st.tuples(st.integers(1, 40), st.none() | st.integers(0, 30)), min_size=1, max_size=4)


@small.few
@given(since=st.dates(date(2020, 1, 1), date(2022, 12, 28)).filter(lambda day: day.day <= 28), rules=RULES)
def test_a_term_ends_on_the_first_day_whose_own_rule_says_so(
    engine: DuckDBEngine, since: date, rules: list[tuple[int, int | None]]
) -> None:
    """Rules may tighten, too: a term that would end under a rule no longer in force does not end by it."""
    begins, versions = date(2019, 1, 1), []
    for quarters, months in rules:
        versions.append((begins, months))
        begins += timedelta(days=30 * quarters)
    lasts: list[date | None] = [first - timedelta(days=1) for first, _ in versions[1:]]
    rows = [(first, last, months) for (first, months), last in zip(versions, [*lasts, None], strict=True)]
    row = "select cast(? as date) as first_day, cast(? as date) as last_day, cast(? as integer) as months"
    union = " union all ".join([row] * len(rows))
    found = engine.rows(
        f"select min(term_day(cast(? as date), p.months, p.first_day, p.last_day)) from ({union}) as p",
        [since, *(value for row_values in rows for value in row_values)],
    )[0][0]

    def has_ended(day: date) -> bool:
        months = next(m for first, last, m in rows if first <= day and (last is None or day <= last))
        if months is None:
            return False
        years, month = divmod(since.month - 1 + months, 12)
        return day >= date(since.year + years, month + 1, since.day)

    days = (date(2019, 1, 1) + timedelta(days=n) for n in range(9000))
    assert found == next((day for day in days if day >= since and has_ended(day)), None)
