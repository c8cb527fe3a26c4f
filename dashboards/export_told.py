"""What a workbook of a list says of itself: what it is, for whom, how filtered and sorted, as of when, its columns.

Not here: the rows (`export.py`) and the sheet that it stands in (`warehouse.result_sheet`).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from dashboards import data
from dashboards.door import Door
from dashboards.formats import day, instant
from dashboards.listing import Listing
from dashboards.person import known_as
from models.access.rules import access_rules
from warehouse import scope

Told = list[tuple[str, str]]
INTERNAL = "内部资料，仅供监管工作使用；信用与风险等级不对外公开"
SIMULATED = "模拟数据，不含任何真实企业或个人，不作任何依据"
# Lists that are no table of a contract.
_TITLES = {
    "check-items": "抽查事项",
    "joint-items": "联合抽查事项",
    "inspectors": "检查人员名录库",
    "dictionary": "数据字典",
}
_OPERATORS = {
    "contains": "包含", "notContains": "不包含", "equals": "等于", "notEqual": "不等于", "startsWith": "开头是",
    "endsWith": "结尾是", "lessThan": "小于", "lessThanOrEqual": "不大于", "greaterThan": "大于",
    "greaterThanOrEqual": "不小于", "inRange": "在", "blank": "为空", "notBlank": "不为空",
}  # fmt: skip


def title(door: Door, name: str, listing: Listing) -> str:
    """What a list is called."""
    stage, _, table = listing.table.partition(".")
    known = door.frame(
        "select distinct table_zh from contract.column where stage = $stage and table_name = $table",
        {"stage": stage, "table": table},
    )
    return str(known.item()) if known.height else _TITLES.get(name, name)


def heads(door: Door) -> dict[str, str]:
    """What each column is called; a name means the same in every table."""
    return dict(door.frame("select column_name, any_value(zh order by zh) from contract.column group by 1").rows())


def told(door: Door, name: str, listing: Listing, request: Mapping[str, Any], chosen: Mapping[str, str]) -> Told:
    """Everything that a workbook of a list says of itself."""
    known, offered = heads(door), listing.offered(door)
    relation = scope.readable(door.viewer).get(listing.table)
    masked = [known.get(one, one) for one in offered if relation is not None and one in relation.masked]
    filters = [*_chosen(chosen, known), *_conditions(request.get("filterModel") or {}, known)]
    asked = [f"{known.get(s['colId'], s['colId'])}{'升序' if s['sort'] == 'asc' else '降序'}"
             for s in request.get("sortModel") or ()]  # fmt: skip
    return [
        ("清单", title(door, name, listing)),
        *of_whom(door),
        ("筛选", "；".join(filters) or "无，全部行"),
        ("排序", "、".join(asked) or "清单的缺省次序"),
        ("对您有些行不显示的列", "、".join(masked) or "无"),
        ("列名", "；".join(f"{known.get(one, one)} = {one}" for one in offered)),
    ]


def of_whom(door: Door) -> Told:
    """For whom, on what terms, and as of when rows were read."""
    run, viewer = data.run_info(door) or {}, door.viewer
    role = access_rules().roles[viewer.role].title
    return [
        *([("注意", SIMULATED)] if "simulated" in str(run.get("feeds", "")) else []),
        ("用途", INTERNAL),
        ("数据截至", day(run.get("as_of"))),
        ("快照", (door.snapshot() or "").removesuffix(".duckdb")),
        ("导出时刻（北京时间）", instant(datetime.now(UTC))),
        ("导出人", f"{known_as()}（{role}）"),
        ("范围", f"区县 {_scope(viewer.districts)}；部门 {_scope(viewer.departments)}"),
    ]


def _scope(codes: frozenset[str] | None) -> str:
    return "全部" if codes is None else "、".join(sorted(codes)) or "无"


def _chosen(chosen: Mapping[str, str], known: Mapping[str, str]) -> Iterator[str]:
    for name, value in chosen.items():
        yield f"含“{value}”" if name == "keyword" else f"{known.get(name, name)}为 {value.replace(',', '、')}"


def _conditions(model: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[str]:
    for name, condition in model.items():
        yield f"{known.get(name, name)}{_condition(condition)}"


def _condition(condition: Mapping[str, Any]) -> str:
    if "conditions" in condition:
        joint = "且" if condition.get("operator") == "AND" else "或"
        return joint.join(_condition(part) for part in condition["conditions"])
    values = (condition.get(part) for part in ("filter", "dateFrom", "filterTo", "dateTo"))
    told = " 至 ".join(str(value) for value in values if value is not None)
    return f"{_OPERATORS.get(str(condition.get('type')), '')} {told}".rstrip()
