"""The clocks in SQL and those of the kernel: equal for random cases of every kind, in two zones, across the years.

Not here: whether the kernel is right (tests/models/test_clock.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.casework.calendar import WorkCalendar
from models.casework.clock import Clock, Pause
from models.casework.pack import CasePack, packs
from models.policy.loader import Policy
from tests.warehouse import cases

AS_OF = date(2027, 3, 10)
RULES = Policy.load().at(AS_OF)
PACKS = packs(RULES)


def zone_cases(chance: Random, count: int) -> dict[str, list[dict[str, Any]]]:
    """Cases of every kind: open and closed, with pauses that overlap, last or miss them, and steps left out."""
    facts: dict[str, list[dict[str, Any]]] = {"service_case": [], "service_step": [], "case_pause": []}
    end = datetime(2027, 3, 9)
    for number in range(count):
        kind, case_id = chance.choice(sorted(PACKS)), f"C{number:06}"
        opened = end - timedelta(seconds=chance.randrange(1, 500 * 86400))
        closed = opened + timedelta(seconds=chance.randrange(120 * 86400))
        last = min(closed, end)
        facts["service_case"].append(
            {
                "case_id": case_id,
                "case_kind": kind,
                "item_code": "I",
                "department_id": "D",
                "channel": "c",
                "opened_at": opened,
                "closed_at": closed if closed < end else None,
                "extended_at": chance.choice((None, None, opened)),
                "statutory_days": chance.choice((None, 15)),
                "promised_days": chance.choice((None, 3)),
            }
        )
        begun = opened
        for step_no, step in enumerate(PACKS[kind].steps, start=1):
            if chance.random() < 0.2:
                continue
            ended = begun + (last - begun) * chance.random()
            facts["service_step"].append(
                {"case_id": case_id, "step_no": step_no, "step_kind": step, "started_at": begun, "ended_at": ended}
            )
            begun = ended
            if chance.random() < 0.1:
                facts["service_step"][-1]["ended_at"] = None
                break
        for pause_no in range(chance.choice((0, 0, 1, 2, 3))):
            since = opened + timedelta(seconds=chance.randrange(-5 * 86400, 100 * 86400))
            if since < end:
                facts["case_pause"].append(
                    {
                        "case_id": case_id,
                        "pause_no": pause_no,
                        "pause_kind": chance.choice(sorted(PACKS[kind].pauses) or ["correction"]),
                        "started_at": since,
                        "ended_at": chance.choice((None, since + timedelta(seconds=chance.randrange(30 * 86400)))),
                    }
                )
    return facts


def by_kernel(facts: dict[str, list[dict[str, Any]]], known_by: datetime, zone: str) -> dict[tuple[str, str], Any]:
    """Every clock that has begun, by the kernel."""
    calendar, local = WorkCalendar.from_policy(RULES), ZoneInfo(zone)
    last = known_by - timedelta(microseconds=1)
    steps: dict[str, dict[str, dict[str, Any]]] = {}
    for step in facts["service_step"]:
        steps.setdefault(step["case_id"], {})[step["step_kind"]] = step
    found: dict[tuple[str, str], Any] = {}
    for case in facts["service_case"]:
        pack: CasePack = PACKS[case["case_kind"]]
        own = [p for p in facts["case_pause"] if p["case_id"] == case["case_id"]]

        def mark(name: str, case: dict[str, Any] = case) -> datetime | None:
            if name in ("opened", "closed"):
                return case[f"{name}_at"]
            step, edge = name.split(".")
            ended: datetime | None = steps.get(case["case_id"], {}).get(step, {}).get(f"{edge}_at")
            return ended

        for clock_id, rule in pack.clocks.items():
            started = mark(rule.starts)
            if started is None:
                continue
            stopped = mark(rule.stops) or case["closed_at"]
            clock = Clock(rule, calendar, local)
            pauses = [Pause(p["pause_kind"], p["started_at"], p["ended_at"]) for p in own]
            until = stopped or (known_by if rule.tick == "minute" else last)
            limits = clock.limits(
                is_extended=case["extended_at"] is not None,
                statutory=case["statutory_days"],
                promised=case["promised_days"],
            )
            found[case["case_id"], clock_id] = (clock.used(started, until, pauses), *limits)
    return found


def hold(count: int, seed: int, zone: str) -> None:
    facts = zone_cases(Random(seed), count)
    with cases.warehouse(AS_OF, facts, zone) as engine:
        cases.build(engine, "known.clock")
        known_by = engine.rows("select known_by from run.info")[0][0]
        rows = engine.rows("select case_id, clock_id, used_count, statutory_limit, promised_limit from known.clock")
        in_sql = {(case, clock): tuple(rest) for case, clock, *rest in rows}
    expected = by_kernel(facts, known_by, zone)
    assert len(in_sql) == len(rows) > count
    differ = {key: (in_sql.get(key), value) for key, value in expected.items() if in_sql.get(key) != value}
    assert differ == {}
    assert in_sql.keys() == expected.keys()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Chicago"])
def test_sql_counts_as_the_kernel_does(zone: str) -> None:
    hold(600, 5, zone)


@pytest.mark.slow
def test_sql_counts_as_the_kernel_does_for_many_cases() -> None:
    hold(4_000, 11, "Asia/Shanghai")


def test_cases_before_the_calendar_begins_have_no_clock_of_working_days() -> None:
    old = {
        "case_id": "O",
        "item_code": "I",
        "department_id": "D",
        "channel": "c",
        "opened_at": datetime(2000, 1, 3),
        "closed_at": datetime(2011, 3, 28),
    }
    facts = {"service_case": [old | {"case_kind": "message"}, old | {"case_kind": "request", "case_id": "R"}]}
    with cases.warehouse(AS_OF, facts) as engine:
        cases.build(engine, "known.clock")
        assert dict(engine.rows("select case_id, used_count from known.clock")) == {"O": None, "R": 4102}
