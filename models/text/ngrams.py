"""Hashed character n-grams of many texts: as sparse counts, and summed by their weights without being written down.

Not here: what is learnt. The hash is ours and fixed, so that a model file means the same on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from models.text.compiled import compiled
from models.text.letters import Codes, Places, Texts

_SEEDS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77))  # odd, so that nothing is lost by multiplying
_MIX = np.uint32(15)
_EDGE = 2  # stands before the first and after the last character of a text
_LEAST_SQUARE = np.float32(1e-12)

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


def counts(texts: Texts, order: int, bits: int, *, merge: bool) -> Any:
    """Return a CSR matrix texts × 2^bits with how often each n-gram of `order` characters occurs in each text.

    Without `merge` a repeated n-gram stands as several ones: sums over a row are the same, and nothing is sorted.
    """
    lengths = np.diff(texts.starts) + 2
    starts = np.concatenate(([0], np.cumsum(lengths)))
    codes = np.full(starts[-1], _EDGE, np.uint32)
    inner = np.ones(len(codes), bool)
    inner[starts[:-1]] = inner[starts[1:] - 1] = False
    codes[inner] = texts.codes
    hashes = codes * _SEEDS[0]
    hashes ^= hashes >> _MIX
    for step in range(1, order):
        hashes = (hashes[:-1] ^ codes[step:]) * _SEEDS[0]
        hashes ^= hashes >> _MIX
    columns = ((hashes * _SEEDS[1]) >> np.uint32(32 - bits)).astype(np.int32)
    whole = np.ones(len(columns), bool)  # not across the end of a text
    for back in range(1, order):
        crossing = starts[1:-1] - back
        whole[crossing[(crossing >= 0) & (crossing < len(whole))]] = False
    per_text = np.maximum(lengths - order + 1, 0)
    columns = columns[whole]
    pointers = np.concatenate(([0], np.cumsum(per_text)))
    ones = np.ones(len(columns), np.float32)
    matrix = scipy.sparse.csr_matrix((ones, columns, pointers), shape=(len(texts), 1 << bits))
    if merge:
        matrix.sum_duplicates()
    return matrix


def weighed(
    texts: Texts, order: int, bits: int, number: Numbers, rarity: Floats, weights: Floats, length: float
) -> Floats:
    """Return texts × classes: the n-grams of each text by rarity, of such a length together, times their weights.

    `number` gives for each column of `counts` the row of `rarity` and `weights`. The same as the product of sparse
    matrices without `merge`, addition by addition, in less than half of its time.
    """
    return _weighed(texts.codes, texts.starts, order, bits, number, rarity, weights, np.float32(length))


@compiled
def _weighed(
    codes: Codes,
    starts: Places,
    order: int,
    bits: int,
    number: Numbers,
    rarity: Floats,
    weights: Floats,
    length: np.float32,
) -> Floats:
    texts, classes = len(starts) - 1, weights.shape[1]
    found = np.zeros((texts, classes), np.float32)
    longest = 0
    for text in range(texts):
        longest = max(longest, starts[text + 1] - starts[text])
    edged, known = np.full(longest + 2, _EDGE, np.uint32), np.empty(longest + 2, np.int32)
    for text in range(texts):
        many = starts[text + 1] - starts[text]
        for at in range(many):
            edged[at + 1] = codes[starts[text] + at]
        edged[many + 1] = _EDGE
        squares, met = np.float32(0), 0
        for at in range(many + 3 - order):
            mixed = np.uint32(edged[at] * _SEEDS[0])
            mixed ^= mixed >> _MIX
            for step in range(1, order):
                mixed = np.uint32((mixed ^ edged[at + step]) * _SEEDS[0])
                mixed ^= mixed >> _MIX
            place = number[np.uint32(mixed * _SEEDS[1]) >> np.uint32(32 - bits)]
            squares += rarity[place] * rarity[place]
            known[met] = place
            met += place > 0  # what was never learnt weighs nothing
        scale = length / np.sqrt(max(squares, _LEAST_SQUARE))
        for k in range(met):
            value = rarity[known[k]] * scale
            for name in range(classes):
                found[text, name] += value * weights[known[k], name]
    return found
