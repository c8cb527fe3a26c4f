"""One published case with its steps, pauses and clocks, for whoever asks why a clock says what it says.

Not here: how a clock counts (models/casework/clock.py) and how it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.casework.calendar import CalendarError, WorkCalendar
from models.casework.clock import Clock, Pause
from models.casework.pack import packs
from models.policy.loader import InForce, Policy
from warehouse.serving import ServingReader

Row = dict[str, Any]


@dataclass(frozen=True)
class CaseFile:
    """A case as published; each clock also has `due_on`, the day by which it has to stop (None: no such day)."""

    case: Row
    steps: list[Row]
    pauses: list[Row]
    clocks: list[Row]


def case_file(reader: ServingReader, policy: Policy, case_id: str) -> CaseFile:
    """Return one case.

    Raises:
        ValueError: no such case is published.
        NotPublishedError: nothing is published.
    """
    found = reader.query(
        "select c.*, k.kind_zh, f.zone from known.case_clock as c"
        " join policy.case_kind as k on k.case_kind = c.case_kind join run.feed as f on f.feed_id = c.feed_id"
        " where c.case_id = ? order by c.feed_id limit 1",
        [case_id],
    )
    if found.is_empty():
        raise ValueError(f"no case {case_id} is published")
    case = found.row(0, named=True)
    rules = policy.at(reader.query("select as_of from run.info").item())
    own = [case["feed_id"], case_id]
    where = "where t.feed_id = ? and t.case_id = ?"
    pauses = reader.query(f"select t.* from known.case_pause as t {where} order by t.pause_no", own).to_dicts()
    steps = reader.query(
        "select t.*, s.step_zh from known.service_step as t"
        " join known.case_clock as c on c.feed_id = t.feed_id and c.case_id = t.case_id"
        " left join policy.case_step as s on s.case_kind = c.case_kind and s.step_kind = t.step_kind"
        f" {where} order by t.step_no",
        own,
    ).to_dicts()
    clocks = reader.query(
        "select t.*, d.clock_zh, d.clock_no from known.clock as t"
        " join policy.case_clock as d on d.case_kind = t.case_kind and d.clock_id = t.clock_id"
        f" {where} order by d.clock_no",
        own,
    ).to_dicts()
    return CaseFile(case, steps, pauses, [row | {"due_on": _due_on(case, row, pauses, rules)} for row in clocks])


def _due_on(case: Row, row: Row, pauses: list[Row], rules: InForce) -> date | None:
    limit = row["promised_limit"] if row["promised_limit"] is not None else row["statutory_limit"]
    if limit is None or row["clock_tick"] == "minute":
        return None
    clock = Clock(
        packs(rules)[case["case_kind"]].clocks[row["clock_id"]], WorkCalendar.from_policy(rules), ZoneInfo(case["zone"])
    )
    started: datetime = row["started_at"]
    try:
        return clock.due_on(started, limit, [Pause(p["pause_kind"], p["started_at"], p["ended_at"]) for p in pauses])
    except CalendarError:
        return None  # the case is older than the calendar
