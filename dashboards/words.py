"""Events and acts in Chinese words, for the explanation of a grade and for the letter to an entity.

Codes come from warehouse/explanation and warehouse/whatif; the word of each code stands in labels.
"""

from collections.abc import Callable
from typing import Any

from dashboards import labels
from dashboards.formats import day

Row = dict[str, Any]

_WORDS: dict[str, Callable[[str, str | None], str]] = {
    "inspection": lambda what, how: f"{labels.word(labels.INSPECTION_KIND, what)}：{labels.word(labels.RESULT, how)}",
    "finding": lambda what, how: f"{labels.word(labels.SEVERITY, how)}问题 {what}",
    "penalty": lambda what, how: (
        f"{labels.word(labels.PENALTY_KIND, what)}（情节{labels.word(labels.PENALTY_SEVERITY, how)}）"
    ),
    "abnormal_list": lambda what, _: f"列入{labels.word(labels.LIST_KIND, what)}",
    "complaint": lambda what, how: what + {"true": "，属实", "false": "，不属实"}.get(how or "", ""),
    "licence": lambda what, how: f"{what}{labels.word(labels.APPLICATION_KIND, how)}",
    "change": lambda what, _: f"变更{labels.word(labels.CHANGE_KIND, what)}",
    "visit": lambda what, _: f"{labels.word(labels.VISIT_CAUSE, what)}到访",
    "annual_report": lambda what, _: f"报送 {what} 年度报告",
    "tax_filing": lambda what, how: f"{what}，应于 {how} 前申报",
    "service_case": lambda what, _: what,
    "text": lambda what, _: f"来自{what}",
}


def event(row: Row) -> str:
    """One event of explanation.events in words."""
    return _WORDS[row["family"]](str(row["subject"]), row["outcome"])


def until(row: Row) -> str:
    """When a record stops counting, and from when it may be repaired."""
    told = [f"{day(row['ends_on'])} 起不再计入"] if row["ends_on"] else []
    if row["repairable_from"]:
        told.append(f"{day(row['repairable_from'])} 起可申请修复")
    return "；".join(told)


def act(act_id: str) -> str:
    """One act of whatif in words."""
    kind, _, number = act_id.partition(":")
    return {
        "penalty": f"行政处罚 {number} 完成信用修复",
        "abnormal_list": f"列入记录 {number} 移出名录或完成信用修复",
        "annual_report": f"补报 {number} 年度报告",
    }[kind]
