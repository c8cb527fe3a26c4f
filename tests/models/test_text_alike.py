"""Pairs of alike rows are those of the whole product of the matrices."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from models.text.alike import NONE, alike

TERMS = 6
VALUE = st.sampled_from([0.0, 0.25, 0.5, 1.0])
ROW = st.tuples(st.lists(VALUE, min_size=TERMS, max_size=TERMS), st.integers(NONE, 2))
ROWS = st.lists(ROW, max_size=12)
Row = tuple[list[float], int]


def _taken(rows: list[Row]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    values = np.array([values for values, _ in rows]).reshape(-1, TERMS)
    return values, np.array([district for _, district in rows], dtype=np.int64)


@given(ROWS, ROWS, st.sampled_from([0.25, 0.5, 1.0, 2.0]))
def test_pairs_of_one_district_or_an_unknown_one(left: list[Row], right: list[Row], least: float) -> None:
    (one, own), (other, its) = _taken(left), _taken(right)
    row, column, likeness = alike(sparse.csr_matrix(one), own, sparse.csr_matrix(other), its, least)
    product = one @ other.T
    wanted = {
        (r, c): product[r, c]
        for r in range(len(one))
        for c in range(len(other))
        if product[r, c] >= least and (own[r] == its[c] or NONE in (own[r], its[c]))
    }
    assert dict(zip(zip(row.tolist(), column.tolist(), strict=True), likeness.tolist(), strict=True)) == wanted
    assert len(row) == len(wanted)  # each once


def test_more_pairs_than_there_is_room_for_at_first() -> None:
    same, anywhere = sparse.csr_matrix(np.ones((50, 2))), np.full(50, NONE)
    assert len(alike(same, anywhere, same, anywhere, 1.0)[0]) == 2500
