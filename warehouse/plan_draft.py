"""A plan file to start from: chosen items of the lists grouped into tasks, with comments in Chinese.

Not here: reading plan files (models/sampling/plan_file.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from models.sampling.plan_file import PlanError, read_plan
from models.sampling.plan_task import CheckItem
from warehouse.planning import Lists

_HEAD = """\
# 抽查计划。改好后先 mingcha plan check，再 mingcha plan freeze。
plan: {plan_id}
title: {title}
kind: {kind}            # annual 年度（用全年比例）、monthly 月度（用十二分之一）、special 专项
window: {{from: {first}, to: {last}}}
merge: true             # 同一户的多项任务合并为一次上门
recognise: true         # 本年度已查且结果互认的不再列入
"""
_SCOPE = """\
    # scope: {districts: ["610113"], industries: [], legal_forms: []}      # 进一步缩小范围；缺省为事项规定的全部对象
    # scope: {suggested: true}      # 只抽预警转来的建议检查对象
    # method: pps       # 缺省 equal：层内等概率；pps：按信用等级分层，概率与该格比例成正比
"""


def draft(
    lists: Lists, plan_id: str, kind: str, window: tuple[date, date], items: Sequence[str], joint: Sequence[str]
) -> str:
    """Return the text of a plan file with these items; items of one department, object and skill share a task.

    Raises:
        PlanError: nothing was chosen, something is not on its list, or the file would not be readable.
    """
    if strange := [i for i in items if i not in lists.items] + [j for j in joint if j not in lists.joint]:
        raise PlanError(f"{', '.join(strange)} not on the lists (清单之外无检查)")
    text = _HEAD.format(plan_id=plan_id, title=f"抽查计划 {plan_id}", kind=kind, first=window[0], last=window[1])
    if joint:
        text += "joint:\n" + "".join(f"  - item: {j}           # {lists.joint[j].name}\n" for j in joint)
    groups: dict[tuple[str, str, tuple[str, ...]], list[CheckItem]] = {}
    for item in (lists.items[i] for i in sorted(set(items))):
        groups.setdefault((item.department_id, item.skill, tuple(sorted(item.sections))), []).append(item)
    if groups:
        text += "tasks:\n"
    for number, ((department, _, sections), own) in enumerate(sorted(groups.items()), start=1):
        objects = " ".join(sections) or "全部"
        text += f"  - id: t{number:02d}             # {lists.departments[department]}；行业门类 {objects}\n"
        text += f"    department: {department}\n"
        text += f"    items: {json.dumps([item.check_item_id for item in own])}\n"
        text += "".join(f"    # {item.check_item_id} {item.name}\n" for item in own) + _SCOPE
    read_plan(text, "draft")
    return text
