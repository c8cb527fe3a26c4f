"""Polarity by word list: plain words, negation, degree, and words that hide others.

Not here: figures on real texts, which are measured and reported, not asserted.
"""

import time

import pytest

from models.text import polarity as module
from models.text.polarity import polarities, polarity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("菜很新鲜", 1),
        ("菜不新鲜", -1),
        ("服务态度恶劣，乱收费", -1),
        ("办事高效，工作人员耐心", 1),
        ("周一上午营业", 0),
        ("", 0),
        ("没有异味", 1),  # a negator turns a bad word round
        ("没有不满意", 1),  # and a bad word that holds its own negator
        ("并不是不热情", 1),  # two negators
        ("不是很好吃", -1),  # a degree word in between
        ("从来没有让人失望", 1),  # a few characters in between
        ("没有说，热情周到", 1),  # a clause end stops the negator
        ("没有提前打电话就过来了热情周到", 1),  # so does distance
        ("服务不错", 1),  # 不错 is one word, not a negated 错
        ("两家差不多", 0),  # 差不多 hides 差
        ("出差途中", 0),
        ("没问题", 0),
        ("味道好，但是卫生太差", -1),  # the degree word decides
        ("非常满意，就是有点吵", 1),
        ("菜不新鲜！", -1),
        ("ＶＥＲＹ　新鲜", 1),  # full width
    ],
)
def test_polarity(text: str, expected: int) -> None:
    assert polarity(text) == expected


def test_a_column_keeps_its_order_and_its_gaps() -> None:
    assert polarities(["新鲜", None, "变质", ""]) == [1, 0, -1, 0]


def test_a_word_listed_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = {"negative": "差 坏", "positive": "好", "neutral": "", "negators": "不", "degrees": "差"}
    monkeypatch.setattr(module, "read_yaml", lambda _: lexicon)
    with pytest.raises(ValueError, match="差 is listed twice, again under degrees"):
        module._automaton.__wrapped__()


def test_a_hundred_thousand_texts_take_seconds() -> None:
    texts = [f"第{number}位顾客说：菜不太新鲜，服务倒是热情，等了很久没人管" for number in range(100_000)]
    start = time.process_time()
    assert set(polarities(texts)) == {-1}
    assert time.process_time() - start < 15
