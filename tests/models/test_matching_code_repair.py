"""Repairs of credit codes: one wrong character, two swapped, one lost or doubled; always valid, and the true one among them."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from models.matching.code_repair import repairs
from models.matching.credit_code import ALPHABET, check_character, valid_codes

BODIES = st.tuples(
    st.sampled_from("159Y"), st.sampled_from("123"), st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)  # fmt: skip
CODES = BODIES.map(lambda body: body + check_character(body))


def found(code: str) -> list[str]:
    position, candidates = repairs(["", code])
    assert set(position.tolist()) <= {1}
    assert valid_codes(candidates).all()
    return candidates


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character(code: str, place: int, char: str) -> None:
    wrong = code[:place] + char + code[place + 1 :]
    assume(wrong != code)
    assert code in found(wrong)


@given(CODES, st.integers(0, 16))
def test_two_neighbours_swapped(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assume(wrong != code)
    assert code in found(wrong)


@given(CODES, st.integers(0, 17), st.sampled_from("IOSVZ-"))
def test_a_letter_that_codes_do_not_use(code: str, place: int, char: str) -> None:
    assert code in found(code[:place] + char + code[place + 1 :])


@given(CODES, st.integers(0, 17))
def test_a_character_lost_or_doubled(code: str, place: int) -> None:
    assert code in found(code[:place] + code[place + 1 :])
    assert code in found(code[:place] + code[place] + code[place:])


@given(CODES)
def test_case_width_and_spaces(code: str) -> None:
    assert code in found(f" {code[:8].lower()} {code[8:]}")


def test_what_is_no_code_has_no_repair() -> None:
    position, candidates = repairs(["", "张三", "12", "O" * 18])
    assert not len(position)
    assert candidates == []
