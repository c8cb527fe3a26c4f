"""What an analyst is told when a statement is refused or fails: a reason in Chinese and its place in the text.

No value of a row, no path and no name of what the viewer may not read gets into a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Literal

Kind = Literal["refused", "failed", "limit", "cancelled", "busy"]
_NO_PLACE = 2**64 - 1  # what the engine writes where it kept none

# Messages of the engine about the statement itself; they repeat words of the statement and of what it reads, no value.
_BY_PATTERN = (
    (re.compile(r'syntax error at or near "(.*)"', re.S), "语法错误：“{0}”附近"),
    (re.compile(r"syntax error at end of input"), "语法错误：语句不完整"),
    (re.compile(r'Referenced column "([^"]+)" not found in FROM clause'), "没有列 {0}"),
    (re.compile(r'Referenced column "([^"]+)" was not found'), "没有列 {0}"),
    (re.compile(r'(?:Table|Values list) "([^"]+)" does not have a column named "([^"]+)"'), "{0} 没有列 {1}"),
    (re.compile(r'Referenced table "([^"]+)" not found'), "FROM 里没有 {0}"),
    (re.compile(r'Ambiguous reference to column name "([^"]+)"'), "列 {0} 有歧义，请写明出自哪张表"),
    (re.compile(r'column "([^"]+)" must appear in the GROUP BY clause'), "列 {0} 须写进 GROUP BY，或用聚合函数"),
    (re.compile(r"No function matches the given name and argument types '([^']*)'"), "没有这样参数的函数：{0}"),
    (re.compile(r"Cannot compare values of type (\S+) and type (\S+)"), "类型 {0} 与 {1} 不能比较，请先转换"),
    (re.compile(r"WHERE clause cannot contain aggregates"), "WHERE 里不能用聚合函数，请改用 HAVING"),
    (re.compile(r"WHERE clause cannot contain window functions"), "WHERE 里不能用窗口函数，请改用 QUALIFY"),
)
# Messages of the engine about values: the kind of trouble is told, the value never is.
_BY_KIND = {
    "Conversion": "有的值不能转换成所要的类型；可改用 TRY_CAST",
    "Out of Range": "运算结果超出类型的范围",
    "Invalid Input": "有的值不能用于这个函数",
    "Out of Memory": "超过内存上限，请缩小范围、减少分组或先汇总",
    "Parameter Not Resolved": "参数的类型不明，请写成 CAST($名称 AS 类型)",
    "Interrupt": "已中断",
}


class SandboxError(ValueError):
    """A statement is refused, fails, or is cut off; `at` is the place in the text, counted in characters."""

    def __init__(self, reason: str, at: int | None = None, kind: Kind = "refused") -> None:
        super().__init__(reason)
        self.reason, self.at, self.kind = reason, at, kind

    def placed(self, sql: str) -> str:
        """The reason with the line and character of `sql` that it is about, where one is known."""
        if self.at is None:
            return self.reason
        before = sql[: self.at].split("\n")
        return f"{self.reason}（第 {len(before)} 行第 {len(before[-1]) + 1} 个字）"


def place(sql: str, location: int | None) -> int | None:
    """Turn a place in the UTF-8 bytes of a statement, as the engine counts, into one in its characters."""
    if location is None or location == _NO_PLACE:
        return None
    return len(sql.encode()[: int(location)].decode(errors="ignore"))


def engine_refusal(sql: str, message: str, secrets: Sequence[str] = ()) -> SandboxError:
    """Say in Chinese what the engine said of a statement (`errors_as_json`), without values and without `secrets`.

    `secrets`: names and paths that must never be told; a message that holds one is not passed on.
    """
    try:
        told = json.loads(message[message.index("{") :])  # "Binder Error: {…}"
    except ValueError:
        told = {}
    said = str(told.get("exception_message") or told.get("error_message") or "")
    kind = str(told.get("exception_type") or told.get("error_type") or "")
    at = int(told["position"]) if str(told.get("position", "")).isdigit() else None
    if kind.lower() != "parser":  # which alone counts in characters
        at = place(sql, at)
    for pattern, chinese in _BY_PATTERN:
        if found := pattern.search(said):
            near = told.get("candidates") if told.get("error_subtype") == "COLUMN_NOT_FOUND" else None
            hint = f"；可能是 {_short(near.replace(',', '、'))}" if near else ""
            return SandboxError(chinese.format(*(_short(word) for word in found.groups())) + hint, at, "failed")
    if kind in _BY_KIND:
        return SandboxError(_BY_KIND[kind], at, "failed")
    if kind.lower() in ("parser", "binder", "syntax", "catalog") and not any(secret in said for secret in secrets):
        return SandboxError(f"语句不成立：{_short(said)}", at, "failed")
    return SandboxError("引擎没有执行这条语句", at, "failed")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:200] + "…"
