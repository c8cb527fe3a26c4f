"""What an entry of the audit says beside its columns, in words."""

from __future__ import annotations

from dashboards.audit_data import details
from warehouse.audit import Entry


def entry(**told: object) -> Entry:
    return Entry(1, "2026-11-22T08:00:00", "user", "甲", "admin", "127.0.0.1", "乙", "changed", told, "")


def test_details_are_words_and_none_is_left_out() -> None:
    told = details(entry(given="leader", districts=["610102", "610103"], departments=None, why="到岗"))
    assert told == "角色 leader；区县 610102、610103；部门 —；理由 到岗"
    assert details(entry(values={"等级": "A"}, rows=0, districts=[])) == "参数 等级 = A；行数 0；区县 （空）"
    assert details(entry(later=1)) == "later 1"
    assert details(entry()) == ""
