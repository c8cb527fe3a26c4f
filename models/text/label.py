"""What an event is called and which texts show it best, from the texts themselves.

Not here: which texts belong to it (events.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.text.excerpt import excerpt, masked
from models.text.terms import Ints, Numbers, terms

_SHORTEST, _LONGEST = 5, 24  # letters that a line of a board holds
_WHOLE = 400  # letters of a text that are looked through


@dataclass(frozen=True)
class Told:
    """What the texts of an event have in common: terms in ascending order, and what each of them weighs."""

    term: Ints
    weight: Numbers

    @classmethod
    def by(cls, texts: pl.Series, weights: Numbers) -> Told:
        """Of texts; `weights` says how much each term tells events apart."""
        term, count = np.unique(terms(texts).indices, return_counts=True)
        return cls(term, count * weights[term])

    def closeness(self, texts: pl.Series) -> Numbers:
        """How much of it each text says, for its length."""
        found = terms(texts)
        if not len(self.term):
            return np.zeros(len(texts))
        at = np.minimum(np.searchsorted(self.term, found.indices), len(self.term) - 1)
        said = np.where(self.term[at] == found.indices, self.weight[at], 0.0)
        row = np.repeat(np.arange(len(texts)), np.diff(found.indptr))
        return np.asarray(np.round(np.bincount(row, said, len(texts)) / np.sqrt(1.0 + np.diff(found.indptr)), 9))

    def typical(self, texts: pl.Series) -> Ints:
        """Positions of texts, the most typical first; equal ones in their order."""
        return np.argsort(-self.closeness(texts), kind="stable").astype(np.int64)

    def label(self, texts: pl.Series) -> str:
        """The clause that says most of it, as people wrote it; never empty."""
        clauses = masked(texts).str.slice(0, _WHOLE).str.split("，").explode().str.split("。").explode()
        clauses = clauses.str.strip_chars(" ！？!?~…、：:；;").drop_nulls().unique(maintain_order=True).sort()
        fitting = clauses.filter(clauses.str.len_chars().is_between(_SHORTEST, _LONGEST))
        if fitting.is_empty():
            return str(excerpt(texts, _LONGEST)[0] or "（无文字）")
        return str(fitting[int(self.typical(fitting)[0])])
