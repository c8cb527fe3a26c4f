"""What a fit leaves: the policy file with one more dated value, the card beside it, and the summary on the terminal.

What the numbers mean stands in models.evidence; nothing is computed here.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from rich.table import Table

from models.policy.exact_yaml import read_yaml
from models.policy.loader import Policy
from pipelines.console import console
from warehouse.fit import PACK_ID, Fitted

_WHY = {
    "no_value": "此处没有数据",
    "no_difference": "与结果无关，或仅与登记的方向相反",
    "no_gain": "在后续月份上无足够增益",
}
_POLICY_ID = f"scorecard.{PACK_ID}"


def adopted(out: Path) -> Path | None:
    """Return the folder as a policy overlay where it holds a scorecard already: its earlier values stay."""
    return out if (out / "scorecard" / f"{PACK_ID}.yaml").exists() else None


def write(out: Path, rules: Policy, first_day: date, fitted: Fitted) -> list[Path]:
    """Write `scorecard/risk.yaml` and `card/risk-<day>.json` and `.md` below `out`, and return their paths.

    The values that were in force before `first_day` stay as they are written; one of the same day is replaced.
    """
    kept = rules.origin[_POLICY_ID].read_text("utf-8")
    earlier = read_yaml(rules.origin[_POLICY_ID])["values"]
    text = _before(kept, first_day) if any(day >= first_day for day in earlier) else kept.rstrip("\n") + "\n"
    scorecard, card = (out / "scorecard" / f"{PACK_ID}.yaml", out / "card" / f"{PACK_ID}-{first_day}.json")
    for path in (scorecard, card):
        path.parent.mkdir(parents=True, exist_ok=True)
    scorecard.write_text(text + _block(first_day, fitted.pack, card.name), encoding="utf-8")
    card.write_text(json.dumps(fitted.card, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    page = card.with_suffix(".md")
    page.write_text(_page(fitted.card), encoding="utf-8")
    Policy.load(out).at(first_day).value(_POLICY_ID)  # what is written can be read
    return [scorecard, card, page]


def _before(text: str, first_day: date) -> str:
    """Cut the text of a policy file before the first value that begins on `first_day` or later."""
    kept = []
    for line in text.splitlines(keepends=True):
        head = re.match(r"  (\d{4}-\d{2}-\d{2}):", line)
        if head and head[1] >= str(first_day):
            break
        kept.append(line)
    return "".join(kept)


def _block(first_day: date, pack: dict[str, Any], card: str) -> str:
    """Write one dated value, an indicator a line, as people write them."""
    lines = [
        f"  {first_day}:     # fitted; what it is worth: ../card/{card}",
        f"    method: {pack['method']}",
        f"    direction: {pack['direction']}",
        f"    grades: {_inline(pack['grades'])}",
        f"    groups: {_inline(pack['groups'])}",
        "    indicators:      # brackets: [from this value on, points]",
        *(f"      {name}: {_inline(one)}" for name, one in pack["indicators"].items()),
        "    vetoes:",
        *(f"      - {_inline(one)}" for one in pack["vetoes"]),
    ]
    return "\n".join(lines if pack["vetoes"] else [*lines[:-1], "    vetoes: []"]) + "\n"


def _inline(value: Any) -> str:
    plain = json.loads(json.dumps(value, ensure_ascii=False, default=float))
    return yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000).strip()


def show(card: dict[str, Any]) -> None:
    """Print what was chosen and what it was worth on later months."""
    table = Table("indicator", "weight", "AUC on later months with it", title=f"{card['pack']}: {card['until']}")
    for one, step in zip(card["indicators"], card["curve"], strict=True):
        table.add_row(one["indicator"], f"{one['weight']:.3f}", f"{step['auc']:.3f}")
    console.print(table)
    auc, own = card["held_out"]["auc"], card["held_out_within_inspector"]
    console.print(
        f"{card['inspections']:,} {card['learnt_from']} inspections, {card['found']:,} with critical findings; "
        f"later months: AUC {_told(auc)}, within inspector {_told(own)}, boosted trees {card['ceiling_auc']:.3f}, "
        f"first half {_told(card['held_out']['reordered']['first_half'])}, permutation p {card['permutation_p']:.4f}"
    )


def _told(estimate: dict[str, float | None]) -> str:
    if estimate["value"] is None:
        return "–"
    if estimate["low"] is None:
        return f"{estimate['value']:.3f}"
    return f"{estimate['value']:.3f} ({estimate['low']:.3f}–{estimate['high']:.3f})"


def _page(card: dict[str, Any]) -> str:
    """Write the card for people to read, in Chinese."""
    names, held = card["names"], card["held_out"]
    lines = [
        f"# 风险评分表说明卡（{card['until']} 起有效）",
        "",
        f"- 数据包 {'、'.join(card['feeds'])}；学习 {card['months']} 个月"
        f"（首个截止日 {card['first_as_of']}，结果至 {card['until']}），"
        f"{'随机抽查' if card['learnt_from'] == 'random' else '日常检查'} {card['inspections']} 次，"
        f"其中 {card['found']} 次有严重问题，{card['entities']} 个主体。",
        f"- 规则版本 {card['policy_version']}，随机种子 {card['seed']}，自助与置换各 {card['rounds']} 次。",
        "- 谁检查、哪个部门检查不在其中；仅用每个截止日已知的数据；以下各值都在学习之后的月份上得出（逐段向后预测）。",
        f"- AUC {_told(held['auc'])}；同一检查人员之内 {_told(card['held_out_within_inspector'])}；"
        f"前一半检查查出 {_told(held['reordered']['first_half'])}"
        f"（实际顺序 {_told(held['reordered']['was_first_half'])}）；"
        f"置换检验 p = {card['permutation_p']:.4f}。",
        f"- 各段 AUC：{'、'.join(f'{one:.3f}' for one in card['folds'])}；"
        f"用上全部候选指标的提升树在同样月份上为 {card['ceiling_auc']:.3f}。",
        "",
        "## 指标与分段",
        "",
        "| 指标 | 权重 | 加入后 AUC | 分段（起始值：次数，严重问题率，比最好一段多出的对数优势） |",
        "|---|---|---|---|",
    ]
    for one, step in zip(card["indicators"], card["curve"], strict=True):
        least = min(b["log_odds"] for b in one["bins"])
        bins = "；".join(
            f"{'缺失' if b['lower'] is None else format(b['lower'], 'g')}：{b['inspections']}，"
            f"{(b['found'] / b['inspections'] if b['inspections'] else 0):.1%}，{b['log_odds'] - least:+.2f}"
            for b in one["bins"]
        )
        lines.append(
            f"| {names[one['indicator']]}（{one['indicator']}） | {one['weight']:.3f} | {step['auc']:.3f} | {bins} |"
        )
    lines += ["", "## 校准（后续月份，按预测概率十分位）", "", "| 次数 | 预测 | 实际 |", "|---|---|---|"]
    lines += [f"| {one['inspections']} | {one['predicted']:.1%} | {one['found']:.1%} |" for one in card["calibration"]]
    lines += ["", "## 试过而未用的指标", "", "| 指标 | 原因 |", "|---|---|"]
    lines += [f"| {names[name]}（{name}） | {_WHY[why]} |" for name, why in card["dropped"].items()]
    return "\n".join(lines) + "\n"
