"""Who a text means: patterns of names, evidence for and against, and what was not known yet.

Not here: figures on a planted zone (`python -m tests.bench.linking`), and tables (tests/warehouse/test_text_tables.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import Policy
from models.text.aliases import aliases, bare
from models.text.linking import Register, candidates, fitted, weighed

WEIGHTS = Policy.load().at(date(2026, 1, 1)).value("matching.text_link_weight")
DISTRICTS = pl.DataFrame({"code": ["A", "B"], "name": ["雁塔区", "未央区"]})
PLACES = ["西安", "西安市", "陕西", *DISTRICTS["name"]]
EARLY, LATE = date(2020, 1, 1), date(2024, 1, 1)
SCHEMA = {
    "entity_id": pl.Int64, "name": pl.String, "district_code": pl.String, "industry_code": pl.String, "street": pl.String,
    "known_at": pl.Date, "ended_at": pl.Date,
}  # fmt: skip


def firm(entity_id: int, name: str, district: str = "A", **more: Any) -> dict[str, Any]:
    known = {"industry_code": "6210", "street": None, "known_at": EARLY, "ended_at": None}
    return {"entity_id": entity_id, "name": name, "district_code": district, **known, **more}


def linked(text: str, *firms: dict[str, Any], district: str | None = None, on: date = LATE) -> dict[int, float]:
    """Probability of every entity that the text may mean."""
    names = pl.DataFrame(firms, schema=SCHEMA)
    patterns = aliases(names["name"], PLACES, WEIGHTS["least_plain"], WEIGHTS["least_brand"])
    register = Register(names, patterns, DISTRICTS, WEIGHTS["most_bearers"])
    texts = pl.DataFrame(
        {"text": [text], "district_code": [district], "known_at": [on]},
        schema={"text": pl.String, "district_code": pl.String, "known_at": pl.Date},
    )
    return dict(candidates(weighed(register, texts), WEIGHTS).select("entity_id", "link_probability").iter_rows())


@pytest.mark.parametrize(
    ("name", "plain", "brand"),
    [
        ("西安澄禾屿食品有限公司", "澄禾屿食品", "澄禾屿"),
        ("澄禾屿（西安）餐饮管理有限公司第3分公司", "澄禾屿餐饮管理", "澄禾屿"),
        ("雁塔区澄禾屿烘焙坊", "澄禾屿烘焙坊", "澄禾屿"),
        ("陕西澄禾教育科技有限责任公司", "澄禾教育科技", None),  # a mark of two letters stands for nobody alone
    ],
)
def test_a_name_is_known_by_its_parts(name: str, plain: str, brand: str | None) -> None:
    found = dict(aliases(pl.Series([name]), PLACES, 4, 3).select("how", "alias").iter_rows())
    assert found.get("plain") == plain
    assert found.get("brand") == brand
    assert "（" not in found["official"]


@pytest.mark.parametrize("said", ["西安澄禾屿食品有限公司", "澄禾屿食品", "澄禾屿", "澄禾屿烘焙坊"])
def test_the_only_bearer_is_meant(said: str) -> None:
    assert (
        linked(f"昨天在{said}吃坏了肚子", firm(1, "西安澄禾屿食品有限公司"), firm(2, "西安鹿棠餐饮有限公司"))[1] >= 0.9
    )


def test_the_district_tells_namesakes_apart() -> None:
    firms = firm(1, "雁塔区澄禾屿烘焙坊", "A"), firm(2, "未央区澄禾屿烘焙坊", "B")
    unsure = linked("澄禾屿烘焙坊的面包", *firms)
    assert unsure[1] == unsure[2] == pytest.approx(0.5, abs=0.02)
    assert linked("雁塔区的澄禾屿烘焙坊不错", *firms)[1] > unsure[1]
    assert linked("未央区的澄禾屿烘焙坊不错", *firms, district="B")[2] >= 0.9
    # the whole name is no other's: it is the longest pattern there
    assert set(linked("未央区澄禾屿烘焙坊不错", *firms)) == {2}


def test_the_street_and_the_trade_tell_namesakes_apart() -> None:
    firms = (
        firm(1, "澄禾屿餐饮有限公司", street="安和一路"),
        firm(2, "澄禾屿软件有限公司", street="明德巷", industry_code="6513"),
    )
    even = linked("澄禾屿真不错", *firms)
    assert linked("安和一路的澄禾屿真不错", *firms)[1] > even[1]
    assert linked("明德巷的澄禾屿真不错", *firms)[2] > even[2]
    assert linked("澄禾屿的火锅真不错", *firms)[1] > even[1]
    assert linked("澄禾屿的小程序闪退", *firms)[2] > even[2]


def test_the_living_are_meant_rather_than_the_gone() -> None:
    gone, heir = firm(1, "澄禾屿餐饮有限公司", ended_at=date(2022, 1, 1)), firm(2, "澄禾屿餐饮有限公司")
    assert linked("澄禾屿餐饮有限公司不错", gone, heir)[2] > 0.9
    before = linked("澄禾屿餐饮有限公司不错", gone, heir, on=date(2021, 1, 1))
    assert before[1] == before[2]


def test_a_name_without_a_bearer_means_nobody() -> None:
    assert linked("楼下那家店的菜不错", firm(1, "西安澄禾屿食品有限公司")) == {}


def test_two_may_be_meant() -> None:
    found = linked("澄禾屿食品不如鹿棠麦餐饮", firm(1, "西安澄禾屿食品有限公司"), firm(2, "西安鹿棠麦餐饮有限公司"))
    assert min(found.values()) > 0.9
    assert set(found) == {1, 2}


def test_a_pattern_of_many_names_nobody_from_then_on() -> None:
    most = WEIGHTS["most_bearers"]
    firms = [firm(n, "澄禾屿食品有限公司") for n in range(most)]
    assert len(linked("澄禾屿食品有限公司", *firms)) == most
    assert linked("澄禾屿食品有限公司", *firms, firm(most, "澄禾屿食品有限公司")) == {}
    late = firm(most, "澄禾屿食品有限公司", known_at=date(2025, 1, 1))
    assert len(linked("澄禾屿食品有限公司", *firms, late)) == most


MARKS = st.lists(st.sampled_from("澄禾屿岚麦云"), min_size=3, max_size=3).map("".join)
NAMES = st.tuples(
    st.sampled_from(["西安", "雁塔区", ""]), MARKS, st.sampled_from(["食品有限公司", "餐饮管理有限公司", "烘焙坊"])
)


@given(st.lists(st.tuples(NAMES, st.sampled_from("AB"), st.booleans()), min_size=1, max_size=6), st.data())
def test_what_is_registered_later_changes_nothing(
    told: list[tuple[tuple[str, ...], str, bool]], data: st.DataObject
) -> None:
    """The decision who is meant rests on the names known when the text was: it never has to be taken back."""
    firms = [
        firm(n, "".join(parts), district, known_at=date(2025, 1, 1) if late else EARLY)
        for n, (parts, district, late) in enumerate(told)
    ]
    known = [one for one in firms if one["known_at"] == EARLY]
    said = data.draw(st.sampled_from(firms))["name"] + data.draw(st.sampled_from(["", "在未央区", "的蛋糕"]))
    assert linked(said, *firms) == (linked(said, *known) if known else {})


@given(st.lists(st.tuples(NAMES, st.sampled_from("AB")), min_size=1, max_size=6), st.data())
def test_chances_of_one_name_add_up_to_no_more_than_one(
    told: list[tuple[tuple[str, ...], str]], data: st.DataObject
) -> None:
    firms = [firm(n, "".join(parts), district) for n, (parts, district) in enumerate(told)]
    found = linked(data.draw(st.sampled_from(firms))["name"], *firms)
    assert 0 < sum(found.values()) <= 1 + 1e-5
    assert linked(firms[0]["name"], *firms) == linked(firms[0]["name"], *reversed(firms))


def test_weights_are_fitted_by_counting() -> None:
    names = pl.DataFrame([firm(1, "澄禾屿食品有限公司", "A"), firm(2, "澄禾屿食品有限公司", "B")], schema=SCHEMA)
    register = Register(names, aliases(names["name"], PLACES, 4, 3), DISTRICTS, 30)
    texts = pl.DataFrame({"text": ["雁塔区澄禾屿食品"] * 4, "district_code": ["A"] * 4, "known_at": [LATE] * 4})
    counted = fitted(weighed(register, texts), pl.DataFrame({"text": [0, 1, 2, 3], "entity_id": [1, 1, 1, 2]}))
    assert counted["mentioned_district"]["same"] == [0.75, 0.25]
    assert counted["absent"] == {"plain": 0}


@given(st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("中文ａＢ１①㎡豈⼀，。 ")), max_size=5))
def test_texts_that_need_no_folding_are_as_if_folded(texts: list[str]) -> None:
    text = pl.col("text")
    folded = text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    told = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(bare(text), wanted=folded)
    assert told["text"].to_list() == told["wanted"].to_list()
