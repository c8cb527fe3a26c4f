"""What is read in a text: sentences of tests/cases/text, and rules of the pass over word lists.

Not here: figures on real texts, which are measured (tests/bench/text.py), not asserted.
"""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.exact_yaml import read_yaml
from models.policy.loader import Policy
from models.text import lexicon
from models.text.letters import fold
from models.text.lexicon import risks, scan
from models.text.linear import LinearModel
from models.text.own import SHIPPED
from models.text.reading import Gates, read
from tests.conftest import AS_OF

MODEL = LinearModel.load(SHIPPED / "sentiment.npz")
GATES = Gates.from_policy(Policy.load().at(AS_OF))
CASES = read_yaml(Path(__file__).parents[1] / "cases" / "text" / "reading.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_reading(case: dict[str, Any]) -> None:
    found = read(MODEL, [case["text"]], GATES)
    assert found.polarity == [case["polarity"]], found
    assert set(case["risks"]) <= set(found.risks.get(0, {})), found
    if not case["risks"]:
        assert found.risks == {}
    if "severity" in case:
        assert found.severity == [case["severity"]], found


def test_every_risk_has_a_word_that_proves_it() -> None:
    for risk, told in read_yaml(lexicon.RISKS)["tags"].items():
        for word in told["terms"].split():
            assert risk in scan(fold([word])).proved[0], (risk, word)
    assert {one.severity for one in risks().values()} == {1, 2, 3}


words = st.lists(
    st.sampled_from(["假货", "没有", "很", "好吃", "，", "店里", "不", "脏", "跑路", "。", "ABC", "假 货"])
).map("".join)


@given(st.lists(words, min_size=1, max_size=6))
def test_a_text_is_read_the_same_in_any_company(texts: list[str]) -> None:
    together, alone = read(MODEL, texts, GATES), [read(MODEL, [text], GATES) for text in texts]
    for name in ("polarity", "probability", "severity"):
        assert getattr(together, name).tolist() == [getattr(one, name)[0] for one in alone]
    assert together.risks == {place: one.risks[0] for place, one in enumerate(alone) if one.risks}


@given(words)
def test_what_is_denied_is_not_proved_and_a_proof_stands_in_the_text(text: str) -> None:
    whole = scan(fold([text])).proved
    for term in whole.get(0, {}).values():
        assert term in fold([text]).strings()[0]
    assert scan(fold(["没有假货，" + text])).proved == whole


def test_signs_follow_tone_negation_and_degree() -> None:
    said = ["味道好", "味道不好", "卫生太差", "没有假货", "两家差不多", "不是不好吃", "不，好吃", "不好吃，太脏"]
    assert scan(fold(said)).signs.strings() == ["p", "n", "nn", "p", "", "p", "p", "nnn"]


def test_a_tone_listed_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"negative": "差 坏", "positive": "好", "neutral": "", "negators": "不", "degrees": "差"}
    monkeypatch.setattr(lexicon, "read_yaml", lambda _: listed)
    with pytest.raises(lexicon.LexiconError, match="差 is listed twice, again under degrees"):
        lexicon._listed()


def test_reading_is_fast_enough_for_millions() -> None:
    texts = [f"第{number}位顾客说：菜不太新鲜，服务倒是热情，等了很久没人管，退款也不给" for number in range(20_000)]
    start = time.process_time()
    read(MODEL, texts, GATES)
    assert time.process_time() - start < 4  # a fifth of the speed that docs/text.md tells
