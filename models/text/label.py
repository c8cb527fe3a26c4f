"""What events are called and which texts show them best, from the texts themselves; all events at once.

Not here: which texts belong to them (events.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy

from models.text.excerpt import excerpt, masked
from models.text.terms import SIZE, Ints, Numbers, terms

_SHORTEST, _LONGEST = 5, 24  # letters that a line of a board holds
_WHOLE = 400  # letters of a text that are looked through


@dataclass(frozen=True)
class Told:
    """What the texts of each event have in common: `event * SIZE + term` ascending, and what each of these weighs."""

    pair: Ints
    weight: Numbers

    @classmethod
    def by(cls, event: Ints, texts: pl.Series, weights: Numbers) -> Told:
        """Of the texts of events; `weights` says how much each term tells events apart."""
        pair, count = np.unique(_pairs(event, terms(texts)), return_counts=True)
        return cls(pair, count * weights[pair % SIZE])

    def closeness(self, event: Ints, texts: pl.Series) -> Numbers:
        """How much of what its event has in common each text says, for its length."""
        found = terms(texts)
        if not len(self.pair):
            return np.zeros(len(texts))
        pair = _pairs(event, found)
        at = np.minimum(np.searchsorted(self.pair, pair), len(self.pair) - 1)
        said = np.where(self.pair[at] == pair, self.weight[at], 0.0)
        row = np.repeat(np.arange(len(texts)), np.diff(found.indptr))
        return np.asarray(np.round(np.bincount(row, said, len(texts)) / np.sqrt(1.0 + np.diff(found.indptr)), 9))

    def labels(self, event: Ints, texts: pl.Series) -> dict[int, str]:
        """Of each event the clause that says most of it, as people wrote it; never empty."""
        said = pl.DataFrame({"event": event, "said": texts})
        part = pl.col("clause")
        clauses = said.select("event", clause=masked(texts).str.slice(0, _WHOLE).str.split("，")).explode("clause")
        clauses = clauses.with_columns(part.str.split("。")).explode("clause")
        clauses = clauses.with_columns(part.str.strip_chars(" ！？!?~…、：:；;"))
        clauses = clauses.filter(part.str.len_chars().is_between(_SHORTEST, _LONGEST)).unique()
        close = self.closeness(clauses["event"].to_numpy(), clauses["clause"])
        best = clauses.with_columns(close=close).sort("event", "close", "clause", descending=[False, True, False])
        wordless = said.join(best, on="event", how="anti").unique("event", keep="first", maintain_order=True)
        labels = dict(zip(wordless["event"].to_list(), excerpt(wordless["said"], _LONGEST).to_list(), strict=True))
        labels |= dict(best.unique("event", keep="first", maintain_order=True).select("event", "clause").iter_rows())
        return {number: label or "（无文字）" for number, label in labels.items()}


def _pairs(event: Ints, found: scipy.sparse.csr_matrix) -> Ints:
    return np.asarray(np.repeat(event, np.diff(found.indptr)) * SIZE + found.indices)
