"""Which text repeats an earlier one: MinHash finds who may, exact trigram similarity decides.

Not here: reading texts and keeping groups (warehouse/text/reposts.py). A text looks back only, so what is said of it
never changes because of later ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.text.compiled import compiled
from models.text.shingles import Ints, Shingles, plain

_HASHES, _ROWS = 32, 2  # 16 bands of two rows: near certain to meet at a similarity of one half
_LETTERS = 5  # of a run: phrases that many use share trigrams, and would fill the buckets
_LEAST_ALIKE = 8  # of the 32 hashes
_NEIGHBOURS = 4  # earlier texts of a bucket that a text is held against: a phrase that many use fills a bucket
_TRIES = 2  # of the candidates left, the most alike are verified
_NONE = -1
_MOST = np.uint32(0xFFFFFFFF)
_ODD = np.random.default_rng(20260101).integers(1 << 31, size=_HASHES, dtype=np.uint32) * 2 + 1


@dataclass(frozen=True)
class Repeats:
    """Of each text the position of the earlier one that it repeats, its own where it repeats none; similarity 0–1."""

    parent: Ints
    similarity: NDArray[np.float64]


def repeats(
    texts: pl.Series, day: Ints, least_similarity: float, within_days: int, since: int | None = None
) -> Repeats:
    """Find what each text repeats; texts come in the order of publication, `day` is that of each.

    Of those met, no more than `within_days` before, the most alike is taken, and of several such the earliest. Texts of
    days before `since` are only looked back at.
    """
    letters = plain(texts)
    asked = np.ones(len(texts), dtype=np.bool_) if since is None else day >= since
    runs = Shingles.of_plain(letters, _LETTERS)
    likest = _likest(_signature(runs.number, runs.start), day, within_days, asked)
    shingles = Shingles.of_plain(letters)
    parent, similarity = np.arange(len(texts)), np.zeros(len(texts))
    for earlier in likest.T:
        later = np.flatnonzero((earlier != _NONE) & (parent == np.arange(len(texts))))
        found = shingles.similarity(later, earlier[later])
        good = found >= least_similarity
        parent[later[good]], similarity[later[good]] = earlier[later[good]], found[good]
    return Repeats(parent, similarity)


@compiled
def _signature(number: NDArray[np.uint32], start: Ints) -> NDArray[np.uint32]:
    """32 minima of permuted runs per text; the greatest number there is where it has none."""
    found = np.full((len(start) - 1, _HASHES), _MOST, np.uint32)
    for text in range(len(start) - 1):
        for at in range(start[text], start[text + 1]):
            for k in range(_HASHES):
                mixed = np.uint32(number[at] * _ODD[k])
                found[text, k] = min(found[text, k], np.uint32(mixed ^ (mixed >> np.uint32(15))))
    return found


@compiled
def _likest(signature: NDArray[np.uint32], day: Ints, within_days: int, asked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Of each text the `_TRIES` most alike (of equals the earliest) among those before it in its buckets, or -1."""
    before = _neighbours(signature)
    found, alike = np.full((len(day), _TRIES), _NONE, np.int32), np.full((len(day), _TRIES), _LEAST_ALIKE - 1)
    met, near = np.full(len(day), _NONE, np.int32), np.empty(before.shape[1] * _NEIGHBOURS, np.int32)
    for text in np.flatnonzero(asked):
        many = 0
        heads = before[text].copy()
        for _ in range(_NEIGHBOURS):
            for band in range(len(heads)):  # side by side, so that one look into memory does not wait for another
                other = heads[band]
                if other != _NONE:
                    heads[band] = before[other, band]
                    near[many] = other
                    many += met[other] != text and day[text] - day[other] <= within_days
                    met[other] = text
        for k in range(many):
            other, same = near[k], 0
            for row in range(_HASHES):
                same += signature[text, row] == signature[other, row]
            for place in range(_TRIES):
                if same > alike[text, place] or (same == alike[text, place] and other < found[text, place]):
                    found[text, place], other = other, found[text, place]
                    alike[text, place], same = same, alike[text, place]
    return found


@compiled
def _neighbours(signature: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Of each text and band the last one before it in its bucket, or -1; who has no runs is in none."""
    texts = len(signature)
    before = np.full((texts, _HASHES // _ROWS), _NONE, np.int32)
    slots = 4
    while slots < 2 * texts:
        slots *= 2
    for band in range(_HASHES // _ROWS):
        # 32 bits of both rows are the bucket; who meets by chance is not alike.
        bucket, latest = np.empty(slots, np.uint32), np.full(slots, _NONE, np.int32)
        for text in range(texts):
            one, other = signature[text, band * _ROWS], signature[text, band * _ROWS + 1]
            if one == _MOST and other == _MOST:
                continue
            key = np.uint32((one * _ODD[0] + other) * _ODD[1])
            slot = (key ^ (key >> np.uint32(15))) & (slots - 1)
            while latest[slot] != _NONE and bucket[slot] != key:
                slot = (slot + 1) & (slots - 1)
            before[text, band] = latest[slot]
            bucket[slot], latest[slot] = key, text
    return before
