"""Street addresses: number, street and unit without the ways of writing them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.street_address import postcode, street_address


@pytest.mark.parametrize(
    ("text", "city", "expected"),
    [
        ("2210 S 1st St Ste I", None, ("2210", "s 1st st", "1st", "i")),
        ("2210 South 1st Street, Suite I", None, ("2210", "s 1st st", "1st", "i")),
        ("9500  MAPLE  NB BLVD UNIT 142", None, ("9500", "nb maple blvd", "maple", "142")),
        ("7718 Elm Rd Springfield", "Springfield", ("7718", "elm rd", "elm", None)),
        ("7718 Elm Rd Springfield", None, ("7718", "elm rd", "elm", None)),
        ("106 OAK RIDGE, SPRINGFIELD, TX, 78753", None, ("106", "oak ridge", "oakridge", None)),
        ("1208-1/2 W 4TH  ST", None, ("1208", "w 4th st", "4th", None)),
        ("9500 S Interstate 35 Ste J-400", None, ("9500", "route 35", "35", "j400")),
        ("9500 S IH 35 # J400", None, ("9500", "route 35", "35", "j400")),
        ("5204 RM 2222", None, ("5204", "route 2222", "2222", None)),
        ("4200 E St Elmo Rd", None, ("4200", "e st elmo rd", "stelmo", None)),
        ("3944 FM 620 Bldg 2 Ste 100", None, ("3944", "route 620", "620", "2100")),
        ("西安市雁塔区科创一路35号3幢1201室", None, ("35", "西安市雁塔区科创一路", "科创一路", "3幢1201室")),
        ("雁塔区科创一路", None, (None, "雁塔区科创一路", "雁塔区科创一路", None)),
    ],
)
def test_parts_of_an_address(text: str, city: str | None, expected: tuple[str | None, ...]) -> None:
    found = street_address(text, city)
    assert found is not None
    assert (found.number, found.street, found.core, found.unit) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("78753-1234", "78753"),
        ("2138", "02138"),
        ("710065", "710065"),
        ("７１００６５", "710065"),
        ("n/a", None),
        (None, None),
    ],
)
def test_postcodes(text: str | None, expected: str | None) -> None:
    assert postcode(text) == expected


@given(st.text(max_size=40))
def test_any_text_can_be_taken_apart(text: str) -> None:
    found = street_address(text)
    assert found is None or found.number or found.street
