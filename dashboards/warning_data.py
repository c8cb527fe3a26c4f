"""Named queries behind one warning: the warning, the records it rests on, whom it concerns, what people did with it.

The mart says how it stood at the last refresh, the state of the home how it stands now. Not here: the list of all
(`casework_data`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl

from dashboards import data
from dashboards.door import Door
from models.access.rules import access_rules
from models.policy.loader import Policy
from warehouse import case_file, rules, warning
from warehouse.home import Home
from warehouse.state import Event, State

Row = dict[str, Any]
SHOWN = 60


@dataclass(frozen=True)
class Records:
    """Records that a warning rests on: the table they stand in, its columns as (field, name, look), rows, how many."""

    table: str
    columns: tuple[tuple[str, str, str], ...]
    query: str

    def read(self, door: Door, row: Row) -> tuple[pl.DataFrame, int]:
        """The first SHOWN rows as the viewer reads them, and the number of all."""
        found = door.frame(
            f"select *, count(*) over () as all_rows from ({self.query}) as r limit {SHOWN}",
            {name: row[name] for name in ("warning_id", "subject_id") if f"${name}" in self.query},
        )
        return found, int(found["all_rows"][0]) if found.height else 0


_ORDER = (
    ("case_id", "工单", "code"), ("opened_on", "受理", "date"), ("item_name", "类别", "text"),
    ("department_name", "承办部门", "text"), ("outcome_zh", "结果", "short"),
)  # fmt: skip
_ENTITY = (("name", "主体", "entity"),)
RECORDS: Mapping[str, Records] = {
    "burst": Records(
        "known.case_clock",
        _ORDER,
        "select c.case_id, c.opened_on, coalesce(c.item_name, c.item_code) as item_name,"
        " coalesce(d.name, c.department_id) as department_name, coalesce(o.outcome_zh, '在办') as outcome_zh"
        " from mart.warning as w cross join policy.burst as b"
        " join known.case_clock as c on w.subject_id = c.item_code || ':' || c.district_code"
        " left join entity.department as d on d.department_id = c.department_id"
        " left join policy.case_outcome as o on o.case_kind = c.case_kind and o.outcome = c.outcome"
        " where w.warning_id = $warning_id and c.case_kind = 'hotline'"
        " and c.opened_on > w.first_seen_on - b.window_days order by c.opened_on desc, c.case_id",
    ),
    "complaint_burst": Records(
        "known.complaint",
        (
            ("complaint_id", "投诉", "code"), ("event_date", "日期", "date"), ("complaint_kind", "内容", "text"),
            *_ENTITY,
        ),
        "select c.complaint_id, c.event_date, c.complaint_kind, e.entity_id, e.name from mart.warning as w"
        " cross join policy.burst as b"
        " join known.complaint as c on coalesce(c.district_code, w.district_code) = w.district_code"
        " join known.entity as e on e.entity_id = c.entity_id and e.industry_code = w.industry_code"
        " where w.warning_id = $warning_id and c.event_date > w.first_seen_on - b.window_days"
        " order by c.event_date desc, c.complaint_id",
    ),
    "licence": Records(
        "mart.licence_expiry",
        (
            ("licence_id", "许可证", "code"), ("expires_on", "有效至", "date"), ("days_left", "剩余（日）", "number"),
            *_ENTITY,
        ),
        "select licence_id, expires_on, days_left, entity_id, name from mart.licence_expiry"
        " where licence_kind || ':' || coalesce(district_code, '') || ':' || reminder_days = $subject_id"
        " order by days_left, licence_id",
    ),
    "publication": Records(
        "mart.publication_due",
        (
            ("penalty_id", "处罚", "code"), ("decided_on", "决定日", "date"), ("used_count", "已用工作日", "number"),
            ("statutory_limit", "时限（工作日）", "number"), *_ENTITY,
        ),
        "select u.*, e.name from mart.publication_due as u left join known.entity as e on e.entity_id = u.entity_id"
        " where u.penalty_id = $subject_id",
    ),
    "satisfaction": Records(
        "mart.satisfaction_fall",
        (
            ("department_name", "部门", "text"), ("satisfied_count", "近期满意", "number"),
            ("rated_count", "近期评价", "number"), ("satisfied_count_before", "此前满意", "number"),
            ("rated_count_before", "此前评价", "number"),
        ),
        "select * from mart.satisfaction_fall where department_id = $subject_id",
    ),
    "source": Records(
        "mart.data_age",
        (
            ("source_name", "来源", "text"), ("last_event_date", "最近事件", "date"),
            ("age_days", "数据龄（日）", "number"), ("delivered_count", "报送行数", "number"),
        ),
        "select * from mart.data_age where feed_id || ':' || source_id = $subject_id",
    ),
    "topic": Records(
        "mart.topic_text",
        (("event_date", "日期", "date"), ("item_kind", "来自", "item"), ("excerpt", "代表文本（节选）", "text")),
        "select * from mart.topic_text where event_id = $subject_id order by rank_no",
    ),
}  # fmt: skip


def found(door: Door, warning_id: str) -> Row | None:
    """One published warning that the viewer reads, None otherwise."""
    frame = door.frame(
        "select w.*, d.district_name from mart.warning as w"
        " left join entity.district as d on d.district_code = w.district_code where w.warning_id = $warning_id",
        {"warning_id": warning_id},
    )
    return frame.row(0, named=True) if frame.height else None


def concerned(door: Door, warning_id: str) -> pl.DataFrame:
    """The entities behind a warning that an inspection could visit, most evidence first."""
    return door.frame(
        "select w.entity_id, w.entity_code, w.evidence_count, w.rank_no, e.name, c.credit_grade, c.risk_grade"
        " from mart.warning_entity as w join known.entity as e on e.entity_id = w.entity_id"
        " left join mart.entity_card as c on c.entity_id = w.entity_id"
        f" where w.warning_id = $warning_id order by w.rank_no limit {SHOWN}",
        {"warning_id": warning_id},
    )


def of_case(door: Door, row: Row) -> case_file.CaseFile | None:
    """The case whose clock an `overdue` warning is about, with its steps and clocks; None where it is not read."""
    version = door.frame("select policy_version from run.info").item()
    try:
        return case_file.case_file(door.reader, _rules(door.home, version), row["subject_id"].rpartition(":")[0])
    except ValueError:
        return None


@lru_cache(maxsize=2)  # reading every rule takes longer than a reader waits; a version never changes
def _rules(home: Home, version: str) -> Policy:
    return rules.kept(home, version)


def acts(door: Door, warning_id: str) -> list[Event]:
    """What people did with a warning up to now, in the order done."""
    return State(door.home.state).events(warning.KIND, warning_id) if door.home.state.exists() else []


def may_act(door: Door, department_id: str | None) -> bool:
    """Whether the viewer may act on a warning of a department; one that nobody owns is anybody's who may act at all.

    Districts need no look here: the viewer reads warnings of their own only.
    """
    own = door.viewer.departments
    return access_rules().may(door.viewer, "handle") and (own is None or department_id is None or department_id in own)


def is_published(row: Row, now: warning.Standing | None) -> bool:
    """Whether the mart already shows what was last done: the last act is the one it was built with."""
    return now is None or row["decided_at"] == now.decided_at


def since(door: Door, rows: list[Row]) -> None:
    """Write into rows of the list what was done with their warnings after the refresh they come from."""
    if not rows or not door.home.state.exists():
        return
    now = warning.standings(State(door.home.state).events(warning.KIND))
    names = data.departments(door)
    for row in rows:
        one = now.get(row["warning_id"])
        known = row["decided_at"] and datetime.fromisoformat(row["decided_at"])
        if one is not None and one.decided_at != known:
            row["warning_state"], row["is_later"] = one.action, True
            if one.department_id:
                row["department_name"] = names.get(one.department_id, one.department_id)
