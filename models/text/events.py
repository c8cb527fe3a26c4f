"""One day of texts put into events: what was said lately of one subject, in one district, in like words.

Not here: how texts are read and events kept (warehouse/text/topics.py), how hot an event is (heat.py), what it is
called (label.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from models.text.alike import NONE, Narrow, alike
from models.text.compiled import compiled
from models.text.terms import Ints, Numbers, rarity


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
    """Texts by row: the terms that they have, and after these their subjects; district and subject as numbers, or NONE.

    Row i has the columns from start[i] to start[i + 1]. Columns are those of the terms that any of the texts has, whose
    hashes `term` gives, ascending; what follows up to `width` are subjects.
    """

    term: Ints
    start: Ints
    column: Narrow
    width: int
    district: Ints
    subject: Ints

    @classmethod
    def of(cls, found: scipy.sparse.csr_matrix, district: Ints, subject: Ints) -> Texts:
        """Texts from their terms (`terms.terms`)."""
        term = np.flatnonzero(np.bincount(found.indices, minlength=found.shape[1])).astype(np.int64)
        number = np.zeros(found.shape[1], dtype=np.int32)
        number[term] = np.arange(len(term))
        known = subject != NONE
        column = np.insert(number[found.indices], found.indptr[1:][known], len(term) + subject[known])
        start = found.indptr + np.concatenate([[0], np.cumsum(known)])
        return cls(term, start, column, len(term) + int(subject.max(initial=NONE)) + 1, district, subject)

    def __len__(self) -> int:
        return len(self.district)

    def rows(self, start: int, end: int) -> Texts:
        """Texts that follow each other; nothing is copied."""
        first, last = self.start[[start, end]]
        return replace(
            self,
            start=self.start[start : end + 1] - first,
            column=self.column[first:last],
            district=self.district[start:end],
            subject=self.subject[start:end],
        )


def gathered(rule: Rule, both: Texts, event: Ints, first: int, seen: Ints, texts: int) -> tuple[Ints, dict[int, int]]:
    """Events of the texts of one day, and which events turn out to be one: the younger → the older.

    `both` are the texts of the window, whose events `event` are, numbered by age, all below `first`, and after them
    those of the day in the order in which they were written; an event that begins bears the number `first` + the place
    of its first text in the day. `seen` says how many of the `texts` before this day had each term.
    """
    vectors = _vectors(rule, both, seen, texts)
    found = np.concatenate([event, np.full(len(both) - len(event), NONE)])
    before = _Events.of(rule, both, found, vectors)
    fresh = np.arange(len(event), len(both))
    found[fresh] = before.nearest(rule, vectors[fresh], both.district[fresh], both.subject[fresh])
    left = fresh[found[fresh] == NONE]
    found[left] = first + _led(rule.join_alike, vectors[left], both, left) - len(event)
    grown = np.unique(found[fresh])
    now = _Events.of(rule, both, np.where(np.isin(found, grown), found, NONE), vectors)
    merged = before.several(but=grown).beside(now.several()).merged(rule)
    return np.array([merged.get(number, number) for number in found[fresh].tolist()], dtype=np.int64), merged


def become(event: Ints, merged: dict[int, int]) -> Ints:
    """Events after some became one: the younger are the older."""
    younger = np.array(sorted(merged), dtype=np.int64)
    older = np.array([merged[number] for number in younger.tolist()], dtype=np.int64)
    at = np.minimum(np.searchsorted(younger, event), len(younger) - 1)
    return np.where(younger[at] == event, older[at], event) if merged else event


@dataclass(frozen=True)
class _Events:
    """Events of the window: number, what most of their texts have, size, district and subject of most texts."""

    number: Ints
    core: scipy.sparse.csr_matrix
    size: Ints
    district: Ints
    subject: Ints

    @classmethod
    def of(cls, rule: Rule, both: Texts, event: Ints, vectors: scipy.sparse.csr_matrix) -> _Events:
        """The events that texts belong to; texts of NONE are left out."""
        at = np.flatnonzero(event != NONE)
        number, row, size = np.unique(event[at], return_inverse=True, return_counts=True)
        core = _cores(rule, vectors, at[np.argsort(row, kind="stable")], size)
        district, subject = (_most(row, known[at], len(number)) for known in (both.district, both.subject))
        return cls(number, core, size, district, subject)

    def several(self, but: Ints | tuple[()] = ()) -> _Events:
        """The events of more than one text, but for some."""
        at = np.flatnonzero((self.size > 1) & ~np.isin(self.number, but))
        return _Events(self.number[at], self.core[at], self.size[at], self.district[at], self.subject[at])

    def beside(self, other: _Events) -> _Events:
        """These events and others."""
        return _Events(
            np.concatenate([self.number, other.number]),
            scipy.sparse.vstack([self.core, other.core], format="csr"),
            np.concatenate([self.size, other.size]),
            np.concatenate([self.district, other.district]),
            np.concatenate([self.subject, other.subject]),
        )

    def nearest(self, rule: Rule, vectors: scipy.sparse.csr_matrix, district: Ints, subject: Ints) -> Ints:
        """The event that each text joins, the oldest of those equally like it, NONE where none is."""
        text, near, likeness = alike(vectors, district, self.core, self.district, rule.join_alike)
        fits = _fits(subject[text], self.subject[near])
        text, near, likeness = text[fits], self.number[near[fits]], likeness[fits]
        order = np.lexsort((near, -np.round(likeness, 9), text))
        found = np.full(len(district), NONE)
        found[text[order][::-1]] = near[order][::-1]
        return found

    def merged(self, rule: Rule) -> dict[int, int]:
        """Events that are like an older one: the younger → the oldest of its chain."""
        left, right, _ = alike(self.core, self.district, self.core, self.district, rule.merge_alike)
        fits = _fits(self.subject[left], self.subject[right])
        graph = scipy.sparse.csr_matrix((np.ones(fits.sum()), (left[fits], right[fits])), shape=self.core.shape[:1] * 2)
        _, part = scipy.sparse.csgraph.connected_components(graph, directed=False)
        order = np.argsort(self.number)
        _, first = np.unique(part[order], return_index=True)
        older = self.number[order[first]][part]
        is_younger = older < self.number
        return dict(zip(self.number[is_younger].tolist(), older[is_younger].tolist(), strict=True))


def _cores(rule: Rule, vectors: scipy.sparse.csr_matrix, members: Ints, size: Ints) -> scipy.sparse.csr_matrix:
    """Sums of the vectors of each event without the terms that too few of its texts have, of length 1.

    `members` are the texts event by event, `size` how many each has.
    """
    bounds = np.concatenate([[0], np.cumsum(size)])
    core = _summed(vectors.indptr, vectors.indices, vectors.data, vectors.shape[1], members, bounds, rule.kept_share)
    return scipy.sparse.csr_matrix(core, shape=(len(size), vectors.shape[1]))


@compiled
def _summed(
    start: Ints, term: Ints, value: Numbers, terms: int, members: Ints, bounds: Ints, kept_share: float
) -> tuple[Numbers, Narrow, Narrow]:
    ends, kept = np.zeros(len(bounds), np.int32), 0
    room = int((start[members + 1] - start[members]).sum())
    kept_term, kept_value = np.empty(room, np.int32), np.empty(room)
    sums, count, met = (
        np.zeros(terms),
        np.zeros(terms, np.int32),
        np.empty(terms + 1, np.int32),
    )  # written, then counted
    for event in range(len(bounds) - 1):
        many = 0
        for text in members[bounds[event] : bounds[event + 1]]:
            for at in range(start[text], start[text + 1]):
                met[many] = term[at]
                many += count[term[at]] == 0
                count[term[at]] += 1
                sums[term[at]] += value[at]
        least, squares = kept_share * (bounds[event + 1] - bounds[event]), 0.0
        for k in range(many):
            if count[met[k]] >= least:
                kept_term[kept], kept_value[kept] = met[k], sums[met[k]]
                squares += sums[met[k]] * sums[met[k]]
                kept += 1
            count[met[k]], sums[met[k]] = 0, 0
        length = np.sqrt(squares)
        for at in range(ends[event], kept):
            kept_value[at] /= length
        ends[event + 1] = kept
    return kept_value[:kept], kept_term[:kept], ends


def _vectors(rule: Rule, both: Texts, seen: Ints, texts: int) -> scipy.sparse.csr_matrix:
    """Terms by rarity and the subject by a weight of its own; length 1. What one text alone has is then left out."""
    of_subject = rule.subject_weight * np.log(texts + 1.0 / rule.common_share + 1.0)
    of_term = rarity(seen[both.term], texts, rule.common_share)
    weight = np.append(of_term, np.full(both.width - len(of_term), of_subject))
    value, term, ends, used = _weighted(both.start, both.column, weight)
    return scipy.sparse.csr_matrix((value, term, ends), shape=(len(both), used))


@compiled
def _weighted(start: Ints, column: Narrow, weight: Numbers) -> tuple[Numbers, Narrow, Narrow, int]:
    count = np.zeros(len(weight), np.int32)
    for at in range(len(column)):
        count[column[at]] += 1
    number, used = np.full(len(weight), NONE, np.int32), 0
    for k in range(len(weight)):
        if count[k] > 1 and weight[k] != 0:
            number[k] = used
            used += 1
    ends, kept = np.zeros(len(start), np.int32), 0
    term, value = np.empty(len(column), np.int32), np.empty(len(column))
    for row in range(len(start) - 1):
        squares = 0.0
        for at in range(start[row], start[row + 1]):
            squares += weight[column[at]] * weight[column[at]]
            term[kept], value[kept] = number[column[at]], weight[column[at]]
            kept += number[column[at]] != NONE
        length = np.sqrt(squares)
        for at in range(ends[row], kept):
            value[at] /= length
        ends[row + 1] = kept
    return value[:kept], term[:kept], ends, used


def _led(join_alike: float, vectors: scipy.sparse.csr_matrix, both: Texts, at: Ints) -> Ints:
    """For each text the position of the earlier one that leads it, its own where it leads itself."""
    district, subject = both.district[at], both.subject[at]
    text, near, likeness = alike(vectors, district, vectors, district, join_alike)
    fits = (near < text) & _fits(subject[text], subject[near])
    text, near, likeness = text[fits], near[fits], np.round(likeness[fits], 9)
    order = np.lexsort((near, -likeness, text))
    leads = np.ones(len(at), dtype=np.bool_)
    leader = at.copy()
    # texts in order, of each the likest first: whether an earlier one leads is settled when a later one asks
    for one, other in zip(text[order].tolist(), near[order].tolist(), strict=True):
        if leads[one] and leads[other]:
            leads[one], leader[one] = False, at[other]
    return leader


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
