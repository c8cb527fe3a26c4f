"""What has to be published by when: results of visits, penalties, withdrawals; the file for it, and what is overdue.

What was published is an event of state.sqlite with who and why. No grade and no stratum ever stands in the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.casework.visit_terms import VisitTerms
from models.policy.loader import Policy
from warehouse import typeset
from warehouse.home import Home
from warehouse.serving import ServingReader
from warehouse.state import State
from warehouse.visit_results import accepted

KIND = "publication"
RESULT_ZH = {"pass": "未发现问题", "rectify": "责令改正", "fail": "发现问题待后续处理", "no_entry": "未能进入"}
PENALTY_ZH = {
    "warning": "警告",
    "fine": "罚款",
    "confiscation": "没收",
    "suspension": "责令停产停业或暂扣许可",
    "licence_revoked": "吊销许可证件",
}
_PENALTIES = """
select p.penalty_id, e.entity_code, e.name, p.event_date, coalesce(d.name, p.department_id), p.penalty_kind
from known.penalty as p
join known.entity as e on e.entity_id = p.entity_id
left join entity.department as d on d.department_id = p.department_id
where p.event_date >= $since order by p.event_date, p.penalty_id
"""
_WITHDRAWALS = """
select r.record_kind || ':' || r.record_id, e.entity_code, e.name, r.repaired_on
from known.repair as r join known.entity as e on e.entity_id = r.entity_id
where r.repaired_on >= $since order by r.repaired_on, r.record_id
"""
_NAMES = "select entity_code, name from known.entity where list_contains($codes, entity_code)"
_ITEMS = """
select c.check_item_id, c.name, coalesce(d.name, c.department_id)
from entity.check_item as c left join entity.department as d on d.department_id = c.department_id
"""
_HEAD = ("类别", "编号", "主体代码", "名称", "部门", "事项", "日期", "结果", "应公示日")
_KIND_ZH = {"inspection": "检查结果", "penalty": "行政处罚", "withdrawal": "撤下"}


@dataclass(frozen=True)
class Publishable:
    """One thing that the law wants published (or withdrawn) by a day; `published_on` null while it waits."""

    kind: str
    record_id: str
    entity_code: str
    name: str
    department_name: str
    item_name: str
    happened_on: date
    result: str
    due_on: date
    published_on: date | None

    def is_overdue(self, today: date) -> bool:
        """Whether it still waits, and its day has passed."""
        return self.published_on is None and self.due_on < today


def listed(home: Home, reader: ServingReader, policy: Policy, since: date) -> list[Publishable]:
    """Return everything from `since` on that is or was to be published, by the day it is due.

    Raises:
        CalendarError: a clock runs into a year whose working days are unknown; add it to policy casework.calendar.
    """
    done = {
        str(record): date.fromisoformat(event.at[:10])
        for event in State(home.state).events(KIND)
        for record in event.payload["records"]
    }
    found = [*_results(home, reader, since), *_records(reader, since)]
    # Many records of few days: what a rule says of a day is asked once.
    days = {(row[0], row[6]) for row in found}
    due = {(kind, day): VisitTerms.from_policy(policy.at(day)).publish_by(kind, day) for kind, day in days}
    told = []
    for kind, record, code, name, department, item, day, result in found:
        at, key = due[kind, day], f"{kind}/{record}"
        told.append(Publishable(kind, record, code, name, department, item, day, result, at, done.get(key)))
    return sorted(told, key=lambda one: (one.due_on, one.kind, one.record_id))


def write(home: Home, waiting: list[Publishable], out: Path, actor: str, reason: str, made_on: date) -> int:
    """Write the publication file (.csv or .xlsx), record that it was published and return the number of the event.

    Raises:
        ValueError: nothing waits, the file exists or ends otherwise, actor or reason is empty.
    """
    if not waiting:
        raise ValueError("nothing waits to be published")
    if out.exists() or out.suffix not in (".csv", ".xlsx"):
        raise ValueError(f"{out}: name a new file that ends in .csv or .xlsx")
    if not actor.strip() or not reason.strip():
        raise ValueError("say who publishes (--actor) and why (--reason)")
    rows = [
        (
            _KIND_ZH[one.kind], one.record_id, one.entity_code, one.name, one.department_name, one.item_name,
            one.happened_on.isoformat(), one.result, one.due_on.isoformat(),
        )
        for one in waiting
    ]  # fmt: skip
    if out.suffix == ".csv":
        typeset.write_csv(out, _HEAD, rows)
    else:
        typeset.write_xlsx(out, _HEAD, rows, made_on)
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    records = [f"{one.kind}/{one.record_id}" for one in waiting]
    return State(home.state).record(KIND, out.name, actor, reason, {"sha256": digest, "records": records})


Row = tuple[str, str, str, str, str, str, date, str]  # kind, record, code, name, department, item, day, result


def _results(home: Home, reader: ServingReader, since: date) -> Iterator[Row]:
    results = [result for result in accepted(home) if result.visited_on >= since]
    codes = sorted({result.entity_code for result in results})
    names = dict(reader.query(_NAMES, {"codes": codes}).rows()) if codes else {}
    items = {number: (name, department) for number, name, department in reader.query(_ITEMS).rows()}
    for result in results:
        item, department = items.get(result.check_item_id, (result.check_item_id, ""))
        name = names.get(result.entity_code, "")
        told = RESULT_ZH[result.result]
        yield "inspection", result.record_id, result.entity_code, name, department, item, result.visited_on, told


def _records(reader: ServingReader, since: date) -> Iterator[Row]:
    for record, code, name, day, department, kind in reader.query(_PENALTIES, {"since": since}).rows():
        yield "penalty", record, code, name, department, "", day, PENALTY_ZH[kind]
    for record, code, name, day in reader.query(_WITHDRAWALS, {"since": since}).rows():
        yield "withdrawal", record, code, name, "", "", day, "停止公示"
