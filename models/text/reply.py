"""How well a reply answers: to the question, concretely, politely, in time; each part 0–100.

Not here: where questions and replies come from (warehouse/text/replies.py). A score orders replies for a person to look
at; it does not judge whether what a reply says is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from models.text.terms import SIZE, Ints, Numbers, rarity, terms, unit

PARTS = ("relevant", "concrete", "on_time", "polite")
# A reply that repeats the question has not answered it: quotations and the opening that tells what was asked go.
_QUOTED = r"[“\"‘「][^”\"’」]{2,80}[”\"’」]"
_OPENING = r"^[^。！]{0,120}?(收悉|如下|回复：|答复：)[，。:：]?"


@dataclass(frozen=True)
class ReplyRule:
    """Policy text.reply: weights of the parts (100 in all) and what each part looks for."""

    weight: Mapping[str, int]
    compared: int
    common_share: float
    template_ratio: float
    shortest: int
    kinds_full: int
    pattern: Mapping[str, str]
    polite: Mapping[str, str]
    rude: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> ReplyRule:
        """The rule from its policy value. Raises ValueError when a weight is missing or they do not add up to 100."""
        weight = value["weight"]
        if set(weight) != set(PARTS) or sum(weight.values()) != 100:
            raise ValueError(f"text.reply: weights must be of {', '.join(PARTS)} and add up to 100, not {dict(weight)}")
        given: dict[str, Any] = {name: value[name] for name in cls.__annotations__}
        return cls(**given | {name: float(value[name]) for name in ("common_share", "template_ratio")})


def answered(reply: str) -> str:
    """What a reply says beyond repeating the question."""
    return re.sub(_OPENING, "", re.sub(_QUOTED, "", reply.strip()), count=1)


@dataclass(frozen=True)
class Relevance:
    """Of each reply: how much closer it is to its own question than other replies are (0–100), and stock phrases."""

    relevant: Ints
    template_ratio: Numbers

    @classmethod
    def of(cls, rule: ReplyRule, questions: pl.Series, replies: pl.Series) -> Relevance:
        """Compare replies with questions; `compared` other replies, evenly spaced in their order, are the baseline."""
        said = terms(pl.Series([answered(reply) for reply in replies], dtype=pl.String))
        asked = terms(questions)
        seen = np.bincount(said.indices, minlength=SIZE)
        weights = rarity(seen, len(replies), rule.common_share)
        said_by, asked_by = (unit(_valued(found, weights)) for found in (said, asked))
        own = np.asarray(said_by.multiply(asked_by).sum(axis=1)).ravel()
        others = np.unique(np.linspace(0, len(replies) - 1, min(rule.compared, len(replies))).astype(np.int64))
        against = np.asarray((asked_by @ said_by[others].T).todense())
        strange = others[None, :] != np.arange(len(replies))[:, None]
        below = ((against < own[:, None] - 1e-9) & strange).sum(axis=1)
        relevant = np.where(own > 0, 100 * below / np.maximum(strange.sum(axis=1), 1), 0.0)
        is_common = seen[said.indices] > np.maximum(rule.common_share * len(replies), 1.0)
        row = np.repeat(np.arange(len(replies)), np.diff(said.indptr))
        common = np.bincount(row[is_common], minlength=len(replies))
        return cls(np.rint(relevant).astype(np.int64), common / np.maximum(np.diff(said.indptr), 1))


def concrete(rule: ReplyRule, reply: str) -> tuple[int, list[str]]:
    """0–100 by the kinds of concrete things that a reply names (`kinds_full` of them are 100), and these kinds."""
    own = answered(reply)
    if len(own) < rule.shortest:
        return 0, []
    kinds = [name for name, pattern in rule.pattern.items() if re.search(pattern, own)]
    return min(100, round(100 * len(kinds) / rule.kinds_full)), kinds


def polite(rule: ReplyRule, reply: str) -> int:
    """0–100 by greeting, thanks and tone; 0 for rude words."""
    if re.search(rule.rude, reply):
        return 0
    return round(100 * sum(bool(re.search(pattern, reply)) for pattern in rule.polite.values()) / len(rule.polite))


def on_time(used_days: int | None, limit_days: int | None) -> int:
    """100 within the limit, then less in proportion, 0 from twice the limit on; 100 where there is no limit."""
    if used_days is None or not limit_days or used_days <= limit_days:
        return 100
    return max(0, round(100 * (2 * limit_days - used_days) / limit_days))


def quality(rule: ReplyRule, parts: Mapping[str, int]) -> int:
    """The weighted mean of the parts, 0–100."""
    return round(sum(rule.weight[name] * parts[name] for name in PARTS) / 100)


def _valued(found: Any, weights: Numbers) -> Any:
    return type(found)((weights[found.indices], found.indices, found.indptr), shape=found.shape)
