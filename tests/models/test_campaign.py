"""Brigades: many alike texts of few authors in a short time are one; a crowd, a trickle and a chatty author are none."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import Policy
from models.text.campaign import Campaign, campaigns

RULE = Policy.load().at(date(2026, 1, 1)).value("text.campaign")
HOUR, DAY = 3600, 86_400
SMEAR = ["{}澄禾屿黑心商家骗人，店员态度差到极点", "{}澄禾屿的东西千万别碰，多收钱不退，店员态度差到极点"]
LIVES = [
    "今天和同事",
    "下雨天",
    "孩子放学后",
    "加完班",
    "路过的时候",
    "第三次来",
    "周末",
    "听朋友推荐",
    "忍了三天",
    "月底",
]


def found(count: int, authors: int, step: int = HOUR, texts: list[str] | None = None) -> list[Campaign]:
    said = texts or [SMEAR[n % 2].format(LIVES[n % 10]) for n in range(count)]
    names = [f"a{n % authors}" for n in range(count)]
    return campaigns(np.arange(count, dtype=np.int64) * step, names, pl.Series(said), RULE)


def test_a_brigade_is_found_whole() -> None:
    (one,) = found(30, 4)
    assert one.texts.tolist() == list(range(30))
    assert one.authors == 4


@pytest.mark.parametrize(
    ("count", "authors", "step"),
    [
        (30, 30, HOUR),  # a crowd
        (30, 11, HOUR),  # more authors than a third of the texts
        (30, 4, DAY),  # spread over a month
        (11, 2, HOUR),  # too few
    ],
)
def test_what_lacks_a_mark_of_a_brigade_is_none(count: int, authors: int, step: int) -> None:
    assert found(count, authors, step) == []


def test_a_few_who_say_different_things_are_no_brigade() -> None:
    chance = np.random.default_rng(3)
    letters = list("春夏秋冬山水云月花鸟虫鱼金木火土东西南北大小多少来去上下左右")
    assert found(30, 4, texts=["".join(chance.choice(letters, 30)) for _ in range(30)]) == []


def test_two_brigades_a_year_apart_are_two() -> None:
    second = np.concatenate([np.arange(20), np.arange(20) + 365 * 24]).astype(np.int64) * HOUR
    said = [SMEAR[n % 2].format(LIVES[n % 10]) for n in range(40)]
    assert len(campaigns(second, [f"a{n % 4}" for n in range(40)], pl.Series(said), RULE)) == 2


@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 2 * DAY))
def test_a_brigade_keeps_its_rule(count: int, authors: int, step: int) -> None:
    for one in found(count, authors, step) if count else []:
        assert len(one.texts) >= RULE["least_texts"]
        assert len(one.texts) >= RULE["texts_per_author"] * one.authors
        assert one.alike_share >= RULE["alike_share"]
