"""Folding: variants of a character become one; nothing of one text leaks into another.

Not here: words.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.letters import TRADITIONAL, fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢｃ１２", "abc12"),
        ("服務態度惡劣，賣假貨", "服务态度恶劣,卖假货"),
        ("假 货", "假货"),
        ("假*货 · 骗|子", "假货骗子"),
        ("\ufeff\n\t　第一段\r\n\t第二段 ", "第一段第二段"),
        ("iPhone 15  pro", "iphone 15 pro"),
        ("很\u200b好", "很好"),
        ("a\ud800b", "a b"),
        ("😀好", "😀好"),
        (None, ""),
        ("   ", ""),
    ],
)
def test_fold(text: str | None, expected: str) -> None:
    assert fold([text]).strings() == [expected]


@given(st.lists(st.text(alphabet="aＡ 假货*貨\n，。x", max_size=8), max_size=6))
def test_texts_do_not_touch_each_other_and_folding_twice_changes_nothing(texts: list[str]) -> None:
    together = fold(texts).strings()
    assert together == [fold([text]).strings()[0] for text in texts]
    assert fold(together).strings() == together


def test_a_traditional_character_has_one_simplified_one() -> None:
    pairs = TRADITIONAL.read_text(encoding="utf-8").split()
    assert all(len(pair) == 2 for pair in pairs)
    first = [pair[0] for pair in pairs]
    assert len(set(first)) == len(first) > 900
    assert not set(first) & {pair[1] for pair in pairs}, "a character that is folded must not be what others become"
