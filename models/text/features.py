"""What a text looks like to a linear model: weighted n-grams of its title and body, block by block, each of length one.

Not here: classes and how they are learnt. Weights rest on the texts that `Features.learn` was given, on no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from models.text.letters import Texts, fold
from models.text.ngrams import Floats, counts, weighed

TITLE_WEIGHT = 3  # a title says in few words what the body says in many

Fields = Mapping[str, Texts]  # "body" always; "title", "signs" (lexicon.py), "topics" (topics.py) where there are any


def fields(bodies: Sequence[str | None], titles: Sequence[str | None] | None = None) -> Fields:
    """Return the folded texts of some rows."""
    body = {"body": fold(bodies)}
    return body if titles is None else body | {"title": fold(titles)}


@dataclass(frozen=True)
class Plan:
    """Which blocks are made: orders of n-grams of the whole text, and of what stands beside it.

    `is_damped` counts a repeated n-gram as 1 + its logarithm, which is better for long texts and half as fast;
    `least` is in how many texts an n-gram has to occur.
    """

    bits: int = 20
    orders: tuple[int, ...] = (1, 2, 3)
    title_orders: tuple[int, ...] = (1, 2)
    title_share: float = 0.5
    sign_orders: tuple[int, ...] = (1, 2, 3)
    sign_share: float = 0.6
    topic_share: float = 0.3
    is_damped: bool = True
    least: int = 1

    def blocks(self, given: Iterable[str]) -> list[tuple[str, int, float]]:
        """Return field, order and share of each block for the fields given."""
        told = {
            "title": (self.title_orders, self.title_share),
            "signs": (self.sign_orders, self.sign_share),
            "topics": ((1,), self.topic_share),
        }
        beside = [(name, order, share) for name, (orders, share) in told.items() if name in given for order in orders]
        return [("whole", order, 1.0) for order in self.orders] + beside


@dataclass(frozen=True)
class Block:
    """The n-grams of one order that occurred, by hash, and how rare each was; place 0 is for those never seen."""

    field: str
    order: int
    share: float
    hashes: npt.NDArray[np.int32]
    rarity: Floats


@dataclass(frozen=True)
class Features:
    """Turns texts into rows of numbers, the same way for training and for use."""

    plan: Plan
    blocks: tuple[Block, ...]

    @classmethod
    def learn(cls, plan: Plan, texts: Fields) -> Features:
        """Return the features of these texts."""
        made = []
        for field, order, share in plan.blocks(texts):
            seen = np.bincount(_counted(plan, texts, field, order, merge=True).indices, minlength=1 << plan.bits)
            hashes = np.flatnonzero(seen >= plan.least).astype(np.int32)
            rarity = 1 + np.log((1 + len(texts["body"])) / (1 + seen[hashes]))
            made.append(Block(field, order, share, hashes, np.concatenate(([0], rarity)).astype(np.float32)))
        return cls(plan, tuple(made))

    def matrix(self, texts: Fields) -> Any:
        """Return a CSR matrix: one row for each text, of length at most one."""
        parts = [self._part(block, places, texts) for block, places in self._placed]
        return parts[0] if len(parts) == 1 else scipy.sparse.hstack(parts, format="csr")

    def times(self, texts: Fields, weights: Floats) -> Floats:
        """Return the matrix times weights (a row for each column of the matrix) without laying its blocks together."""
        found, first = np.zeros((len(texts["body"]), weights.shape[1]), np.float32), 0
        is_plain = not self.plan.is_damped and "title" not in texts
        for block, places in self._placed:
            own = weights[first : first + len(block.rarity)]
            if is_plain:
                of = texts["body" if block.field == "whole" else block.field]
                share = block.share / self._length
                found += weighed(of, block.order, self.plan.bits, places, block.rarity, own, share)
            else:
                found += self._part(block, places, texts) @ own
            first += len(block.rarity)
        return found

    @property
    def width(self) -> int:
        """Columns of the matrix."""
        return sum(len(block.rarity) for block in self.blocks)

    @cached_property
    def _placed(self) -> list[tuple[Block, npt.NDArray[np.int32]]]:
        """Each block with its table hash → place."""
        found = []
        for block in self.blocks:
            places = np.zeros(1 << self.plan.bits, np.int32)
            places[block.hashes] = np.arange(1, len(block.hashes) + 1, dtype=np.int32)
            found.append((block, places))
        return found

    @cached_property
    def _length(self) -> float:
        return float(np.sqrt(sum(block.share**2 for block in self.blocks)))

    def _part(self, block: Block, places: npt.NDArray[np.int32], texts: Fields) -> Any:
        found = _counted(self.plan, texts, block.field, block.order, merge=self.plan.is_damped)
        shape = (found.shape[0], len(block.rarity))
        known = places[found.indices]
        values = block.rarity[known]
        if self.plan.is_damped:
            values *= 1 + np.log(found.data)
        squares = scipy.sparse.csr_matrix((values**2, known, found.indptr), shape=shape) @ np.ones(shape[1], np.float32)
        values *= np.repeat(
            (block.share / self._length / np.sqrt(np.maximum(squares, 1e-12))).astype(np.float32), np.diff(found.indptr)
        )
        return scipy.sparse.csr_matrix((values, known, found.indptr), shape=shape)


def _counted(plan: Plan, texts: Fields, field: str, order: int, *, merge: bool) -> Any:
    if field != "whole":
        return counts(texts[field], order, plan.bits, merge=merge)
    body = counts(texts["body"], order, plan.bits, merge=merge)
    if "title" not in texts:
        return body
    return body + TITLE_WEIGHT * counts(texts["title"], order, plan.bits, merge=merge)
