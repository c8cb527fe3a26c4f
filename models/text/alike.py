"""Pairs of texts, or of events, that are alike: rows of two sparse matrices whose product is no less than a bound.

Only those pairs are kept: a product of the matrices would hold all that share a term, 60 to 90 times as many.
Not here: what the rows are (events.py).
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from models.text.compiled import compiled
from models.text.terms import Ints, Numbers

NONE = -1
Narrow = NDArray[np.int32]


def alike(
    left: scipy.sparse.csr_matrix,
    left_district: Ints,
    right: scipy.sparse.csr_matrix,
    right_district: Ints,
    least: float,
) -> tuple[Ints, Ints, Numbers]:
    """Row of the left, row of the right and likeness of pairs that are alike and not of two known districts.

    Values are positive; `least` too. Districts are numbers, or NONE. Sums keep the order of the left row.
    """
    districts, room, found = int(right_district.max(initial=NONE)) + 1, 8 * len(left_district), -1
    while found < 0 or found > room:
        room = max(room, found)
        one, other, likeness = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        found = _pairs(
            left.indptr, left.indices, left.data, left_district, right.indptr, right.indices, right.data,
            right_district, districts, left.shape[1], least, one, other, likeness,
        )  # fmt: skip
    return one[:found], other[:found], likeness[:found]


@compiled
def _pairs(
    left_start: Ints, left_term: Ints, left_value: Numbers, left_district: Ints,
    right_start: Ints, right_term: Ints, right_value: Numbers, right_district: Ints,
    districts: int, terms: int, least: float, one: Ints, other: Ints, likeness: Numbers,
) -> int:  # fmt: skip
    """Fill the last three, as far as there is room, and return how many pairs there are."""
    span = np.zeros((terms, 2), np.int32)
    owner, value = np.empty(len(right_term), np.int32), np.empty(len(right_term))
    sums, found = np.zeros(len(right_district)), 0
    for district in range(NONE, districts):
        rows = np.flatnonzero(right_district == district)
        listed = _by_term(rows, right_start, right_term, right_value, span, owner, value)
        for row in range(len(left_district)):
            if district != NONE and left_district[row] != NONE and left_district[row] != district:
                continue
            for at in range(left_start[row], left_start[row + 1]):
                term, weight = left_term[at], left_value[at]
                for to in range(span[term, 0], span[term, 1]):
                    sums[owner[to]] += weight * value[to]
            for k in range(len(rows)):
                if sums[k] >= least:
                    if found < len(one):
                        one[found], other[found], likeness[found] = row, rows[k], sums[k]
                    found += 1
                sums[k] = 0
        for k in range(len(listed)):
            span[listed[k], 0] = span[listed[k], 1] = 0
    return found


@compiled
def _by_term(
    rows: Ints, start: Ints, terms: Ints, values: Numbers, span: Narrow, owner: Narrow, value: Numbers
) -> Narrow:
    """Lay some rows out by term and return the terms: who has one, and its value there, within its span."""
    listed, many, free = np.empty(len(span) + 1, np.int32), 0, 0  # one more: each is written before it counts
    for row in rows:
        for at in range(start[row], start[row + 1]):
            listed[many] = terms[at]
            many += span[terms[at], 1] == 0
            span[terms[at], 1] += 1
    for k in range(many):
        count = span[listed[k], 1]
        span[listed[k], 0] = span[listed[k], 1] = free
        free += count
    for k in range(len(rows)):
        for at in range(start[rows[k]], start[rows[k] + 1]):
            to = span[terms[at], 1]
            owner[to], value[to] = k, values[at]
            span[terms[at], 1] = to + 1
    return listed[:many]
