"""GB 32100 codes: form, classes that begin with a letter, and the check character.

Not here: the names of firms.
"""

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from models.matching.credit_code import (
    ALPHABET,
    FIRST_CHARACTERS,
    LENGTH,
    check_character,
    valid_codes,
)

BODIES = st.builds(
    lambda first, second, area, rest: first + second + area + rest,
    st.sampled_from(FIRST_CHARACTERS),
    st.sampled_from(ALPHABET),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(BODIES)
def test_a_code_with_its_check_character_is_valid(body: str) -> None:
    assert valid_codes([body + check_character(body)]).tolist() == [True]


@given(BODIES)
def test_agrees_with_python_stdnum_where_that_applies(body: str) -> None:
    assume(body[:8].isdigit())  # it knows no class that begins with a letter
    assert check_character(body) == uscc.calc_check_digit(body)
    assert uscc.is_valid(body + check_character(body))


@given(BODIES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_changed_character_is_caught(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    assume(code[place] != other)
    assert not valid_codes([code[:place] + other + code[place + 1 :]])[0]


@given(st.lists(st.none() | st.text(max_size=20) | BODIES.map(lambda body: body + check_character(body))))
def test_a_column_answers_as_its_rows_do(codes: list[str | None]) -> None:
    alone = [bool(valid_codes([code])[0]) for code in codes]
    assert valid_codes(codes).tolist() == alone
    chunks = pa.chunked_array([codes, codes], type=pa.string())
    assert valid_codes(chunks).tolist() == alone * 2
    assert valid_codes(pa.array([None, *codes], type=pa.large_string())[1:]).tolist() == alone


@pytest.mark.parametrize("first", ["0", "B", "M", "X"])
def test_an_unknown_class_is_refused(first: str) -> None:
    body = first + "1610131MA6TXXXX1"
    assert not valid_codes([body + check_character(body)])[0]


@pytest.mark.parametrize("first", ["N", "A", "Y"])
def test_classes_of_letters_are_accepted(first: str) -> None:
    body = first + "2610131MF1234567"
    assert valid_codes([body + check_character(body)])[0]


def test_letters_in_the_area_code_lower_case_and_spaces_are_refused() -> None:
    bad_area, body = "91A10131MA6TXXXX1", "91610131MA6TXXXX1"
    code = body + check_character(body)
    refused = [bad_area + check_character(bad_area), code.lower(), f" {code}"[:18], code + " ", "", "中中中中中中"]
    assert valid_codes([code, *refused]).tolist() == [True] + [False] * len(refused)


@pytest.mark.parametrize("body", ["", "1", "91610131MA6TXXXXI", "91610131MA6TXXXX12"])
def test_no_check_character_of_what_is_no_body(body: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        check_character(body)
