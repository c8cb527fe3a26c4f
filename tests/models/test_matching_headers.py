"""Which column is what, by its header."""

from __future__ import annotations

import pytest

from models.matching.headers import HeaderError, recognise


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            ["p_name_raw", "p_addr_raw", "p_city", "p_zip"],
            {"name": "p_name_raw", "address": "p_addr_raw", "city": "p_city", "postcode": "p_zip"},
        ),
        (
            ["facilityId", "restaurantName", "address", "street", "zip_code", "inspection_date"],
            {"name": "restaurantName", "address": "street", "postcode": "zip_code", "last_seen": "inspection_date"},
        ),
        (
            ["统一社会信用代码", "企业名称", "住所", "联系电话", "区划代码"],
            {"name": "企业名称", "address": "住所", "phone": "联系电话", "district": "区划代码"},
        ),
    ],
)
def test_headers_of_real_files(headers: list[str], expected: dict[str, str]) -> None:
    assert recognise(headers) == expected


def test_what_is_given_by_hand_comes_first() -> None:
    assert recognise(["name", "title"], {"name": "title"})["name"] == "title"


@pytest.mark.parametrize(
    ("headers", "given", "told"),
    [(["a", "b"], {}, "no name column"), (["name"], {"name": "nom"}, "nom"), (["name"], {"nose": "name"}, "nose")],
)
def test_what_cannot_be_recognised_is_said(headers: list[str], given: dict[str, str], told: str) -> None:
    with pytest.raises(HeaderError, match=told):
        recognise(headers, given)
