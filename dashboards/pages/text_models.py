"""模型与漂移: the cards of the text models in use, and whether texts still look like those before; a part of 舆情.

Cards are made when a model is trained (models/text/card.py); nothing is measured here.
"""

from collections.abc import Mapping
from typing import Any

from dash import dcc, get_relative_path, html

from dashboards import labels, text_data
from dashboards.components.badge import state
from dashboards.components.graph import graph
from dashboards.components.panel import empty, facts, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.figures import text as figures
from dashboards.formats import MISSING, number, percent

KINDS = {"sentiment": "情感倾向", "category": "热线工单类别"}
_INVENTED = "invented"


def parts(door: Door) -> list[Any]:
    """Each kind of model: its card, then its drift."""
    found = sorted(text_data.cards(door), key=lambda card: list(KINDS).index(card["model_kind"]))
    if not found:
        return [panel("模型说明卡", empty("本次运行没有文本模型。"))]
    names = text_data.category_names(door)
    return [part for card in found for part in (_card(card, names), _drift(door, card["model_kind"], names))]


def _card(card: dict[str, Any], names: Mapping[str, str]) -> html.Section:
    is_invented = str(card["source"]).startswith(_INVENTED)
    warned = (
        "训练与检验都用自编语料（合成），按短语整组留出；数字只说明措辞在语料内的推广，不代表真实文本上的效果。"
        "用于决定之前，应以本地标注重新训练。"
    )
    told = [
        ("版本", html.Code(card["model_version"])),
        ("训练数据", "自编语料（合成）" if is_invented else str(card["source"])),
        ("数据摘要", html.Code(card["data_digest"] or MISSING)),
        ("数据时段", card.get("period") or MISSING),
        ("随机种子", str(card.get("seed", MISSING))),
        ("标注文本", f"{number(card['example_count'])}，其中人工更正 {number(card.get('correction_count') or 0)}"),
        ("正确率", _with_interval(card, "accuracy")),
        ("宏平均 F1", _with_interval(card, "macro_f1")),
        ("前三命中", percent(card.get("top3"))),
        ("校准误差", f"{card['calibration_error']:.3f}"),
        (
            "95% 正确时可自动处理",
            f"{percent(card['sure_share'])}（概率不低于 {card['least_probability']:.3f}）",
        ),
    ]
    columns = [
        ("类", "text"), ("留出文本", "number"), ("查准率", "number"), ("查全率", "number"), ("F1", "number"),
        ("F1 的 95% 区间", "short"),
    ]  # fmt: skip
    rows = [
        [
            labels.word(labels.POLARITY, name)
            if card["model_kind"] == "sentiment"
            else html.Span([html.Code(name), f" {names.get(name, '（近年没有此类工单）')}"]),
            number(one["texts"]),
            percent(one["precision"]),
            percent(one["recall"]),
            f"{one['f1']:.3f}",
            "–".join(f"{edge:.3f}" for edge in one["f1_interval"]),
        ]
        for name, one in sorted(card["classes"].items(), key=lambda item: item[1]["f1"])
    ]
    scores = table(columns, rows, f"{KINDS[card['model_kind']]}各类得分", is_tight=True)
    return panel(
        f"模型说明卡：{KINDS[card['model_kind']]}",
        *([html.P([state("合成", "warn"), " ", warned])] if is_invented else []),
        facts(told),
        html.Details([html.Summary(f"各类得分（{len(rows)} 类，F1 低的在前）"), scores], open=len(rows) <= 3),
        note="得分来自训练时没有见过的文本",
    )


def _with_interval(card: dict[str, Any], name: str) -> str:
    low, high = card[f"{name}_interval"]
    return f"{percent(card[name])}（{percent(low)}–{percent(high)}）"


def _drift(door: Door, kind: str, names: Mapping[str, str]) -> html.Section:
    title, frame = f"漂移：{KINDS[kind]}", text_data.drift(door, kind)
    words = labels.POLARITY if kind == "sentiment" else {"-": "未定", **names}
    if frame.is_empty():
        return panel(title, empty("没有读过这类文本。"))
    columns = [
        ("月份", "short"), ("文本", "number"), ("判断构成", "text"), ("构成 PSI", "number"), ("没有把握", "number"),
        ("此前", "number"), ("提示", "badge"),
    ]  # fmt: skip
    rows = [
        [
            f"{row['month']:%Y-%m}",
            number(row["text_count"]),
            _mix(row["class_mix"], row["text_count"], words),
            MISSING if row["stability_index"] is None else f"{row['stability_index']:.3f}",
            percent(row["unsure_ratio"]),
            percent(row["unsure_ratio_before"]),
            state("已偏离，核对或重新训练", "warn") if row["is_drifted"] else _plain(row),
        ]
        for row in reversed(frame.to_dicts())
    ]
    unsure = "低于说明卡所载概率的" if kind == "sentiment" else "二级类别也拿不准的"
    return panel(
        title,
        graph(figures.drift(frame), 220, "没有把握的占比，按月"),
        table(columns, rows, title, is_tight=True),
        note=html.Span(
            [
                html.Span(f"与此前 12 个月相比 · 没有把握：{unsure}"),
                dcc.Link("界限见规则", href=get_relative_path("/policies?rule=text.drift")),
            ],
            className="beside",
        ),
    )


def _mix(told: str, texts: int, words: Mapping[str, str]) -> str:
    shares = [one.rsplit(":", 1) for one in told.split(";")]
    return "　".join(f"{labels.word(words, answer)} {percent(int(count) / texts, 0)}" for answer, count in shares)


def _plain(row: dict[str, Any]) -> str:
    return "文本太少，不比较" if row["stability_index"] is None else "正常"
