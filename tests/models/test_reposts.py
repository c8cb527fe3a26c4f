"""What repeats what: exact similarity, what passing on adds, the window, and that a text looks back only.

Not here: figures on a planted zone (`python -m tests.bench.linking`).
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.text import shingles as shingles_module
from models.text.reposts import repeats
from models.text.shingles import Shingles, distinct_sorted, roots

TEXT = "昨天在高新区安和一路的澄禾屿烘焙坊买的面包里吃出虫子，店员还翻白眼，再也不来了，希望有关部门看看。"
OTHER = "孩子的钢琴课退费拖了半年，一直说走流程，打了六个电话没人接，准备打12315，有没有懂的说一下？"


def parents(*texts: str, day: list[int] | None = None, within: int = 30) -> list[int]:
    days = np.array(day or [0] * len(texts), dtype=np.int64)
    return repeats(pl.Series(texts), days, 0.5, within).parent.tolist()


@pytest.mark.parametrize(
    "again",
    [
        TEXT,
        "转发：" + TEXT,
        "好的//@网友8587：" + TEXT,
        TEXT.replace("，", " "),
        TEXT[: len(TEXT) * 7 // 10] + "…",
        TEXT + " http://t.example/13187042",
    ],
)
def test_a_text_passed_on_is_a_repost(again: str) -> None:
    assert parents(TEXT, OTHER, again) == [0, 1, 0]


def test_another_text_is_none() -> None:
    assert parents(TEXT, OTHER, "", "好", "面包好吃") == [0, 1, 2, 3, 4]


def test_what_lies_too_far_back_is_not_repeated() -> None:
    assert parents(TEXT, TEXT, day=[0, 30]) == [0, 0]
    assert parents(TEXT, TEXT, day=[0, 31]) == [0, 1]


def test_the_earliest_of_several_is_repeated_and_chains_end_at_the_first() -> None:
    assert parents(TEXT, TEXT, TEXT) == [0, 0, 0]
    assert roots([0, 0, 1, 2, 4]).tolist() == [0, 0, 0, 0, 4]


words = st.text(alphabet="甲乙丙丁戊己庚辛，。a1 ", max_size=12)


@pytest.fixture(params=[2, 5_000])
def at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs are compared a few, or all, at a time."""
    monkeypatch.setattr(shingles_module, "_IN_CACHE", request.param)


@pytest.mark.usefixtures("at_a_time")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(words, words), min_size=1, max_size=8))
def test_similarity_is_that_of_sets_of_trigrams(pairs: list[tuple[str, str]]) -> None:
    def trigrams(text: str) -> set[str]:
        plain = "".join(letter for letter in text if letter.isalnum())
        return {plain[n : n + 3] for n in range(len(plain) - 2)}

    shingles = Shingles.of(pl.Series([text for pair in pairs for text in pair]))
    left = np.arange(len(pairs)) * 2
    for (one, two), found in zip(pairs, shingles.similarity(left, left + 1), strict=True):
        both = trigrams(one) | trigrams(two)
        assert found == pytest.approx(len(trigrams(one) & trigrams(two)) / len(both) if both else 0)


@given(
    st.lists(st.sampled_from([TEXT, TEXT[:40], TEXT[10:], OTHER, "转：" + OTHER, "短"]), min_size=1, max_size=12),
    st.data(),
)
def test_what_comes_later_changes_nothing(texts: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(texts)))
    assert parents(*texts[:cut]) == parents(*texts)[:cut]


@given(
    st.lists(st.sampled_from([TEXT, TEXT[:40], TEXT[10:], OTHER, "转：" + OTHER, "短"]), min_size=1, max_size=12),
    st.data(),
)
def test_texts_before_a_day_are_only_looked_back_at(texts: list[str], data: st.DataObject) -> None:
    days = sorted(data.draw(st.lists(st.integers(0, 60), min_size=len(texts), max_size=len(texts))))
    since = data.draw(st.integers(0, 60))
    found = repeats(pl.Series(texts), np.array(days), 0.5, 30, since).parent.tolist()
    of_all = parents(*texts, day=days)
    assert found == [of_all[n] if day >= since else n for n, day in enumerate(days)]


@given(st.lists(st.integers(0, 9)))
def test_each_value_once(values: list[int]) -> None:
    assert distinct_sorted(np.array(values, dtype=np.uint64)).tolist() == sorted(set(values))
