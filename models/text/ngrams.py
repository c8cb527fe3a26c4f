"""Hashed character n-grams of many texts as sparse counts, by NumPy alone.

Not here: weights and classes. The hash is ours and fixed, so that a model file means the same on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from models.text.letters import Texts

_SEEDS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77))  # odd, so that nothing is lost by multiplying
_MIX = np.uint32(15)
_EDGE = 2  # stands before the first and after the last character of a text


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
    matrix = sparse.csr_matrix((ones, columns, pointers), shape=(len(texts), 1 << bits))
    if merge:
        matrix.sum_duplicates()
    return matrix
