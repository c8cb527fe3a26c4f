"""Reply quality: what people would say of single replies, and properties of the parts.

Not here: real replies; what they measured stands in docs/text_topics.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.exact_yaml import read_yaml
from models.policy.loader import Policy
from models.text.reply import PARTS, Relevance, ReplyRule, concrete, on_time, polite, quality

VALUE = Policy.load().at(date(2026, 10, 31)).value("text.reply")
RULE = ReplyRule.of(VALUE)
CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parents[1] / "cases" / "text" / "reply.yaml")
ASKED = ["安和巷停水三天了什么时候恢复供水", "景文路工地半夜打桩谁来管", "渭滨东路公交改线后上学没有车坐"]
ANSWERED = [
    "经核实，安和巷供水管道爆裂，供水公司已抢修，今晚恢复供水",
    "城管执法队夜查景文路工地，已责令停止夜间打桩",
    "公交公司已在渭滨东路增开上学时段班次",
]
points = st.integers(0, 100)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_people_would_say(case: dict[str, Any]) -> None:
    reply = case["reply"]
    stock = pl.Series([reply, *ANSWERED, *[CASES[1]["reply"]] * 3])
    ratio = Relevance.of(RULE, pl.Series([""] * len(stock)), stock).template_ratio[0]
    found = {
        "concrete": concrete(RULE, reply)[0],
        "polite": polite(RULE, reply),
        "is_template": bool(ratio >= RULE.template_ratio),
    }
    assert {name: found[name] for name in case["expected"]} == case["expected"]


def test_a_reply_is_relevant_to_its_own_question_and_not_to_another() -> None:
    own = Relevance.of(RULE, pl.Series(ASKED), pl.Series(ANSWERED)).relevant
    strange = Relevance.of(RULE, pl.Series([*ASKED[1:], ASKED[0]]), pl.Series(ANSWERED)).relevant
    assert own.tolist() == [100, 100, 100]
    assert strange.tolist() == [0, 0, 0]


def test_to_repeat_the_question_is_no_answer() -> None:
    repeats = [f"您反映的“{asked}”收悉。" for asked in ASKED]
    assert Relevance.of(RULE, pl.Series(ASKED), pl.Series(repeats)).relevant.tolist() == [0, 0, 0]


@given(st.integers(0, 100), st.integers(1, 30))
def test_later_is_never_better(used: int, limit: int) -> None:
    assert 100 >= on_time(used, limit) >= on_time(used + 1, limit) >= 0
    assert on_time(limit, limit) == 100
    assert on_time(2 * limit, limit) == 0


@given(st.fixed_dictionaries(dict.fromkeys(PARTS, points)), st.sampled_from(PARTS), points)
def test_quality_rises_with_each_part(parts: dict[str, int], part: str, more: int) -> None:
    better = parts | {part: max(parts[part], more)}
    assert 0 <= quality(RULE, parts) <= quality(RULE, better) <= 100


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 100"):
        ReplyRule.of(VALUE | {"weight": dict.fromkeys(PARTS, 30)})
