"""The letter that tells an entity its own grades: how they came about, what ends when, what would better them.

Its own grades only: nobody is named, no other entity appears, and complaints and texts are counted, not shown.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboards import labels, words
from dashboards.formats import day
from warehouse.explanation import Explanation
from warehouse.whatif import Change, WhatIf

_OWN_RECORDS = ("penalty", "abnormal_list", "annual_report")  # what the entity has been told of before
_LARGEST = 5


def letter(told: Explanation, found: WhatIf, written_on: date) -> str:
    """The letter in Chinese as plain text."""
    lines = [
        f"{told.entity['name']}（{told.entity['entity_code']}）：",
        "",
        f"现将你单位截至 {day(told.info['as_of'])} 的内部监管等级告知如下。等级只用于确定监管方式，不对外公开，"
        "不作为对你单位的评价或惩戒。",
    ]
    for pack, row in told.grades.items():
        lines += ["", *_grade(pack, row, told)]
    lines += ["", "计入的记录", *_records(told.events), "", "怎样改善", *[change(one) for one in found.changes]]
    if not found.changes:
        lines.append("各项等级已是最好一级。")
    lines += [
        "",
        "你的权利",
        "对等级或所依据的记录有异议的，可以提出异议、要求人工复核，也可以查阅、更正与你有关的信息；"
        "我们在规定期限内答复。等级由规则计算，任何一项决定均可要求由人员复核。",
        "",
        f"规则版本 {told.info['policy_version']}，运行 {told.info['run_id']}，{day(written_on)}",
    ]
    return "\n".join(lines) + "\n"


def change(found: Change) -> str:
    """What would better one grade, as one line."""
    name = f"{labels.PACK[found.pack_id]}等级（现为 {found.grade}）"
    if found.by_acts is None:
        return f"{name}：现有记录的修复、到期与补报都不足以达到更好的等级。"
    doing = "、".join(words.act(act) for act in found.by_acts.act_ids)
    told = f"只需{doing}" if doing else "无须办理任何事项"
    alone = ""
    if doing and found.by_waiting:
        alone = f"；若不办理，最早 {day(found.by_waiting.day)} 可改善"
    elif doing:
        alone = "；若不办理，现有到期日都不足以改善"
    return f"{name}：最早 {day(found.by_acts.day)} 可达 {found.better_grade}，{told}{alone}。"


def _grade(pack: str, row: dict[str, object], told: Explanation) -> list[str]:
    lines = [f"{labels.PACK[pack]}等级：{row['scorecard_grade']}，得分 {row['scorecard_score']}"]
    if row["decided_grade"]:
        lines.append(f"经人工认定为 {row['decided_grade']}，至 {row['decided_until']} 止；上列为按规则算出的等级。")
    vetoes = told.vetoes.filter(pl.col("pack_id") == pack)
    lines += [f"· {veto['reason_zh']}（依据：{veto['basis']}）" for veto in vetoes.iter_rows(named=True)]
    parts = told.parts.filter((pl.col("pack_id") == pack) & (pl.col("evidence_count") > 0))
    shown = parts.with_columns((pl.col("weight") * 100 - pl.col("contribution")).alias("lost"))
    most = shown.sort(["lost" if pack == "credit" else "contribution", "indicator_id"], descending=[True, False])
    return lines + [
        f"· {part['name_zh']}：{_value(part)}，得 {part['contribution'].normalize():f} 分（依据：{part['basis_zh']}）"
        for part in most.head(_LARGEST).iter_rows(named=True)
    ]


def _value(part: dict[str, Any]) -> str:
    value = f"{part['indicator_value'].normalize():f}"
    return value if part["unit_zh"] == "1" else f"{value} {part['unit_zh']}"


def _records(events: pl.DataFrame) -> list[str]:
    lines = [
        f"· {day(row['event_date'])} {labels.word(labels.FAMILY, row['family'])} {row['event_id']}："
        + "；".join(part for part in (words.event(row), words.until(row)) if part)
        for row in events.filter(pl.col("family").is_in(_OWN_RECORDS)).iter_rows(named=True)
    ]
    others = events.filter(~pl.col("family").is_in(_OWN_RECORDS)).group_by("family").len().sort("family")
    lines += [f"· {labels.word(labels.FAMILY, family)} {count} 条" for family, count in others.iter_rows()]
    return lines or ["· 没有"]
