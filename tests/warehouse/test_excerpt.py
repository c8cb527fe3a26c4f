"""What pages show of a text: nobody's account or number, and the same in SQL as in Python."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.excerpt import excerpt
from tests.warehouse import small
from warehouse.engine import DuckDBEngine

SAID = st.text(st.sampled_from("找我 @某，。：:a9Zz１２-\n\t\u3000/.?=https…"), max_size=60)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        yield opened


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("@网友甲 打13800001111找我，见http://t.example/1 ", "@… 打…找我，见"),
        ("电话 029-8888 1234，微信abc12345", "电话 …，微信…"),
        ("二〇二六年花了 99999 元", "二〇二六年花了 99999 元"),
        ("这家店的菜是馊的，不要去了", "这家店的菜是馊的，不…"),
    ],
)
def test_accounts_addresses_and_numbers_are_masked(engine: DuckDBEngine, said: str, shown: str) -> None:
    letters = 10 if shown.endswith("不…") else 60
    assert excerpt(pl.Series([said]), letters).to_list() == [shown]
    assert engine.rows("select excerpt(?, ?)", [said, letters]) == [(shown,)]


@small.few
@given(said=SAID, letters=st.integers(1, 30))
def test_both_writings_of_the_rule_agree(engine: DuckDBEngine, said: str, letters: int) -> None:
    assert excerpt(pl.Series([said]), letters).to_list() == [engine.rows("select excerpt(?, ?)", [said, letters])[0][0]]
