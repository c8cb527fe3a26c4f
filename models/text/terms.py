"""What texts say as sets of hashed character pairs and triples, and how rare each of them is.

Not here: which texts are compared (events.py, reply.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

from models.text.letters import nfkc
from models.text.shingles import distinct_sorted

SIZE = 1 << 20  # hashes; two pairs of 50,000 in use share one in 20 cases, which a text of 70 does not feel
Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
_NOT_SAID = r"https?://[\w./?=&%-]+|//@[^:：]{1,20}[:：]"
_PART = 10_000  # texts at a time: what stands beside them then fits the cache, which halves the cost
_BREAK = r"[^\p{L}]+"  # numbers too: three days and five days are the same matter


def terms(texts: pl.Series) -> scipy.sparse.csr_matrix:
    """Rows are texts, columns hashed pairs and triples of letters within a clause; 1 where the text has it."""
    parts = [_terms(texts[start : start + _PART]) for start in range(0, len(texts), _PART)]
    return scipy.sparse.vstack(parts, format="csr") if parts else scipy.sparse.csr_matrix((0, SIZE))


def _terms(texts: pl.Series) -> scipy.sparse.csr_matrix:
    said = nfkc(pl.col("text").fill_null("")).str.replace_all(_NOT_SAID, "").str.replace_all(_BREAK, " ")
    plain = texts.to_frame("text").select(said)["text"]
    length = plain.str.len_chars().to_numpy().astype(np.int64)
    letters = np.frombuffer("".join(plain.to_list()).encode("utf-32-le"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), length)
    found = [np.zeros(0, dtype=np.int64)]
    for width in (2, 3):
        count = max(len(letters) - width + 1, 0)
        mixed = np.full(count, width, dtype=np.uint32)
        whole = owner[:count] == owner[width - 1 :][:count]
        for at in range(width):
            letter = letters[at : at + count]
            mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(0x9E3779B1) + letter
            whole &= letter != ord(" ")
        mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0x85EBCA77)
        column = (mixed ^ (mixed >> np.uint32(16))) % np.uint32(SIZE)
        found.append(owner[:count][whole] * SIZE + column[whole])
    keys = distinct_sorted(np.concatenate(found))
    start = np.searchsorted(keys, np.arange(len(texts) + 1) * SIZE)
    return scipy.sparse.csr_matrix((np.ones(len(keys)), keys % SIZE, start), shape=(len(texts), SIZE))


def rarity(seen: Ints, texts: int, common_share: float) -> Numbers:
    """Weight of terms that `seen` of so many earlier texts had: ln((texts + few + 1) / (seen + 1)), 0 for common ones.

    Common: in more than `common_share` of the texts, and in more than few = 1 / common_share; they tell nothing apart.
    The few stand for texts not yet seen, so that the first days weigh words too.
    """
    few = 1.0 / common_share
    most = int(max(common_share * texts, few))
    weight = np.append(np.log((texts + few + 1.0) / (np.arange(most + 1) + 1.0)), 0.0)
    return np.asarray(weight[np.minimum(seen, most + 1)])


def unit(rows: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    """Rows brought to length 1; an empty one stays so."""
    kept = rows.data != 0
    start = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    data, count = rows.data[kept], np.diff(start)
    squares = np.add.reduceat(data * data, start[:-1][count > 0]) if len(data) else np.zeros(0)
    values = data / np.repeat(np.sqrt(squares), count[count > 0])
    return scipy.sparse.csr_matrix((values, rows.indices[kept], start), shape=rows.shape)
