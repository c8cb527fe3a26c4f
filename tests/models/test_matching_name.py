"""Names of businesses: what is left when the ways of writing them are taken away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.business_name import business_name


def core(text: str) -> str | None:
    found = business_name(text)
    return found.core if found else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fry Guy, The", "The Fry Guy"),
        ("Joe's Diner", "JOES DINER, L.L.C."),
        ("PF - Oak Grill", "Oak Grill"),
        ("OOB - PF - Oak Grill", "Oak Grill"),
        ("OOB Oak Grill", "Oak Grill"),
        ("Oak Grill #0145", "Oak Grill No. 145"),
        ("Bar & Grill", "Bar and Grill"),
        ("Super Fast Pizza Inc", "SuperFast Pizza"),
        ("澄禾（西安）餐饮管理有限公司", "澄禾(西安)餐饮管理有限责任公司"),
        ("澄禾餐饮有限公司", "澄禾餐饮有限公司 第3分公司"),
        ("ＡＢＣ　超市", "abc超市"),
    ],
)
def test_ways_of_writing_one_name(one: str, other: str) -> None:
    assert core(one) == core(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Oak Grill", "Oak Bar"), ("澄禾餐饮有限公司", "澄和餐饮有限公司"), ("H-E-B Deli", "E-B Deli")],
)
def test_names_that_are_not_one(one: str, other: str) -> None:
    assert core(one) != core(other)


def test_parts_of_a_name() -> None:
    found = business_name("LW - Tea House #012, LLC")
    assert found is not None
    assert (found.core, found.number, found.legal_form) == ("teahouse", "12", "company")
    assert found.whole == "lwteahouse012llc"
    branch = business_name("西安澄禾屿商贸有限公司第12分公司")
    assert branch is not None
    assert (branch.number, branch.legal_form) == ("12", "company")
    assert business_name("  - , ") is None
    assert business_name(None) is None


@given(st.text(max_size=40))
def test_any_text_gives_a_name_that_gives_itself_again(text: str) -> None:
    found = business_name(text)
    if found is not None:
        assert found.core
        assert "".join(found.tokens) in (found.core, "")
        assert business_name(text.upper().lower()) is not None
