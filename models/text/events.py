"""One day of texts put into events: what was said lately of one subject, in one district, in like words.

Not here: how texts are read and events kept (warehouse/text/topics.py), how hot an event is (heat.py), what it is
called (label.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from models.text.terms import Ints, Numbers, length, rarity, unit

NONE = -1


@dataclass(frozen=True)
class Rule:
    """Policy text.topic: days an event lives without a new text, likeness (cosine, 0–1) to join one and to merge two.

    `kept_share`: a term stands for an event of several texts when so many of them have it.
    """

    window_days: int
    join_alike: float
    merge_alike: float
    common_share: float
    kept_share: float
    subject_weight: float

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Rule:
        """The rule from its policy value."""
        return cls(int(value["window_days"]), *(float(value[name]) for name in list(cls.__annotations__)[1:]))


@dataclass(frozen=True)
class Texts:
    """Texts by row: their terms, district and subject (numbers, NONE where not known)."""

    terms: sparse.csr_matrix
    district: Ints
    subject: Ints

    def __len__(self) -> int:
        return len(self.district)


def gathered(rule: Rule, both: Texts, event: Ints, first: int, seen: Ints, texts: int) -> tuple[Ints, dict[int, int]]:
    """Events of the texts of one day, and which events turn out to be one: the younger → the older.

    `both` are the texts of the window, whose events `event` are, numbered by age, all below `first`, and after them
    those of the day in the order in which they were written; an event that begins bears the number `first` + the place
    of its first text in the day. `seen` says how many of the `texts` before this day had each term.
    """
    vectors = _vectors(rule, both, seen, texts)
    found = np.concatenate([event, np.full(len(both) - len(event), NONE)])
    old = _Events.of(rule, both, found, vectors)
    fresh = np.arange(len(event), len(both))
    found[fresh] = old.nearest(rule, vectors[fresh], both.district[fresh], both.subject[fresh])
    left = fresh[found[fresh] == NONE]
    found[left] = first + _led(rule.join_alike, vectors[left], both, left) - len(event)
    now = _Events.of(rule, both, found, vectors)
    merged = now.alike(rule)
    return np.array([merged.get(number, number) for number in found[fresh].tolist()], dtype=np.int64), merged


@dataclass(frozen=True)
class _Events:
    """Events of the window: number, what most of their texts have, size, district and subject of most texts."""

    number: Ints
    core: sparse.csr_matrix
    size: Ints
    district: Ints
    subject: Ints

    @classmethod
    def of(cls, rule: Rule, both: Texts, event: Ints, vectors: sparse.csr_matrix) -> _Events:
        """The events that texts belong to; texts of NONE are left out."""
        at = np.flatnonzero(event != NONE)
        number, row = np.unique(event[at], return_inverse=True)
        size = np.bincount(row, minlength=len(number))
        members = sparse.csr_matrix((np.ones(len(at)), (row, at)), shape=(len(number), len(both)))
        # one product for both: sums of the values in the real part, how many texts have the term in the imaginary
        counted = sparse.csr_matrix((vectors.data + 1j, vectors.indices, vectors.indptr), shape=vectors.shape)
        core = (members @ counted).tocsr()
        per_row = np.repeat(size, np.diff(core.indptr))
        core.data = np.where(core.data.imag >= rule.kept_share * per_row, core.data.real, 0.0)
        district, subject = (_most(row, known[at], len(number)) for known in (both.district, both.subject))
        return cls(number, unit(core), size, district, subject)

    def nearest(self, rule: Rule, vectors: sparse.csr_matrix, district: Ints, subject: Ints) -> Ints:
        """The event that each text joins, NONE where none is like it."""
        text, near, alike = _alike(vectors, district, self.core, self.district, rule.join_alike)
        fits = _fits(subject[text], self.subject[near])
        text, near, alike = text[fits], near[fits], alike[fits]
        order = np.lexsort((near, -np.round(alike, 9), text))
        found = np.full(len(district), NONE)
        found[text[order][::-1]] = self.number[near[order][::-1]]
        return found

    def alike(self, rule: Rule) -> dict[int, int]:
        """Events of more than one text that are like an older one: the younger → the oldest of its chain."""
        several = np.flatnonzero(self.size > 1)
        core, number, district = self.core[several], self.number[several], self.district[several]
        left, right, _ = _alike(core, district, core, district, rule.merge_alike)
        fits = (left > right) & _fits(self.subject[several][left], self.subject[several][right])
        left, right = left[fits], right[fits]
        graph = sparse.csr_matrix((np.ones(len(left)), (left, right)), shape=(len(several), len(several)))
        _, part = connected_components(graph, directed=False)
        oldest: dict[int, int] = {}
        found = {}
        for row, label in enumerate(part.tolist()):
            older = oldest.setdefault(label, int(number[row]))
            if older != number[row]:
                found[int(number[row])] = older
        return found


def _vectors(rule: Rule, both: Texts, seen: Ints, texts: int) -> sparse.csr_matrix:
    """Terms by rarity, the subject as one of its own; length 1. What one text alone has is then left out."""
    found = both.terms
    known = both.subject != NONE
    names, subject = np.unique(both.subject[known], return_inverse=True)
    weight = rule.subject_weight * np.log(texts + 1.0 / rule.common_share + 1.0)
    ends = found.indptr[1:][known]  # the subject stands at the end of its row
    data = np.insert(rarity(seen[found.indices], texts, rule.common_share), ends, weight)
    column = np.insert(found.indices, ends, found.shape[1] + subject)
    start = found.indptr + np.concatenate([[0], np.cumsum(known)])
    shared = np.bincount(column, minlength=found.shape[1] + len(names)) > 1
    kept = (data != 0) & shared[column]
    at, used = np.flatnonzero(kept), np.flatnonzero(shared)
    number = np.empty(len(shared), dtype=np.int32)  # only what is read below is filled: most columns stand empty
    number[used] = np.arange(len(used))
    values = data[at] / length(data, start)[at]
    start = np.concatenate([[0], np.cumsum(kept)])[start]
    return sparse.csr_matrix((values, number[column[at]], start), shape=(len(both), len(used)))


def _led(join_alike: float, vectors: sparse.csr_matrix, both: Texts, at: Ints) -> Ints:
    """For each text the position of the earlier one that leads it, its own where it leads itself."""
    district, subject = both.district[at], both.subject[at]
    text, near, alike = _alike(vectors, district, vectors, district, join_alike)
    fits = (near < text) & _fits(subject[text], subject[near])
    text, near, alike = text[fits], near[fits], np.round(alike[fits], 9)
    order = np.lexsort((near, -alike, text))
    leads = np.ones(len(at), dtype=np.bool_)
    leader = at.copy()
    # texts in order, of each the likest first: whether an earlier one leads is settled when a later one asks
    for one, other in zip(text[order].tolist(), near[order].tolist(), strict=True):
        if leads[one] and leads[other]:
            leads[one], leader[one] = False, at[other]
    return leader


def _alike(
    left: sparse.csr_matrix, left_district: Ints, right: sparse.csr_matrix, right_district: Ints, least: float
) -> tuple[Ints, Ints, Numbers]:
    """Row of the left, row of the right and likeness of pairs that are alike and not of two known districts.

    Where both districts are known, terms of two districts are two terms: such pairs, most of all, are not even formed.
    """
    districts = int(max(left_district.max(initial=NONE), right_district.max(initial=NONE))) + 1
    known, unknown = np.flatnonzero(left_district != NONE), np.flatnonzero(left_district == NONE)
    right_known, right_unknown = np.flatnonzero(right_district != NONE), np.flatnonzero(right_district == NONE)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    for rows, columns, is_within in (
        (known, right_known, True),
        (known, right_unknown, False),
        (unknown, np.arange(len(right_district)), False),
    ):
        if len(rows) and len(columns):
            one, other = left[rows], right[columns]
            if is_within:
                one = _within(one, left_district[rows], districts)
                other = _within(other, right_district[columns], districts)
            pairs = (one @ other.T).tocoo()
            keep = pairs.data >= least
            found.append((rows[pairs.row[keep]], columns[pairs.col[keep]], pairs.data[keep]))
    row, column, alike = (np.concatenate(part) for part in zip(*found, strict=True))
    return row, column, alike


def _within(rows: sparse.csr_matrix, district: Ints, districts: int) -> sparse.csr_matrix:
    """Rows whose terms are those of their district."""
    width = rows.shape[1]
    column = rows.indices + np.repeat(district, np.diff(rows.indptr)) * width
    return sparse.csr_matrix((rows.data, column, rows.indptr), shape=(rows.shape[0], districts * width))


def _fits(one: Ints, other: Ints) -> NDArray[np.bool_]:
    return np.asarray((one == other) | (one == NONE) | (other == NONE))


def _most(row: Ints, value: Ints, rows: int) -> Ints:
    """The value that most known entries of each row have, the lowest of several; NONE where none is known."""
    found = np.full(rows, NONE)
    known = value != NONE
    width = int(value.max(initial=0)) + 1
    pair, count = np.unique(row[known] * width + value[known], return_counts=True)
    owner, named = pair // width, pair % width
    order = np.lexsort((-named, count, owner))
    found[owner[order]] = named[order]
    return found
