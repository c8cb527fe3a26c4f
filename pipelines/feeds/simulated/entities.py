"""The market entities as they are first registered: form, trade, place, life span, kin and true tendency to violate.

Not here: later changes (lives.py), names (names.py) and records about entities.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.codes import credit_codes
from pipelines.feeds.simulated.traits import TOPICS, districts, industries

FULL_COUNT = 173_000
COMPANY, BRANCH, SOLE, PARTNERSHIP, COOPERATIVE, OTHER = range(6)
ACTIVE, DEREGISTERED, REVOKED, MOVED_OUT = range(4)
CONVERSION, MERGER, SPLIT = range(3)
_CODE_KINDS = np.array(["91", "91", "92", "91", "93", "91"])
_FLEETING = 0.16  # share of entities established within the window


@dataclass(frozen=True)
class Entities:
    """Arrays over all entities; positions from `count` on are strangers that no register knows.

    `kin` is the parent of a branch, `forerunner` the predecessor, `twin` the entity whose identity a duplicate repeats;
    -1 where there is none. `ended` is the day of the end status, `days.NEVER` while active.
    """

    chance: Chance
    count: int
    ids: Ints
    code: pl.Series
    form: Ints
    industry: Ints
    district: Ints
    established: Ints
    ended: Ints
    end_status: Ints
    tendency: Floats
    size: Floats
    kin: Ints
    forerunner: Ints
    succession: Ints
    twin: Ints

    @property
    def known(self) -> Ints:
        """Positions of the registered entities."""
        return self.ids[: self.count]

    @property
    def first_day(self) -> Ints:
        """First day of life within the window."""
        return np.maximum(self.established, days.FIRST)

    @property
    def exposure(self) -> Floats:
        """Years of life within the window, registered entities only."""
        last = np.minimum(self.ended, days.LAST + 1)
        return np.maximum((last - self.first_day)[: self.count], 0) / 365.25

    def alive(self, entity: Ints, day: Ints) -> Flags:
        """Established and not yet ended on the day."""
        return (self.established[entity] <= day) & (day < self.ended[entity])

    def weighted(self, stream: str, ids: Ints, weight: Floats) -> Ints:
        """A registered entity per id, in proportion to weight × years lived in the window."""
        return self.chance.choice(stream, ids, weight * self.exposure)

    def day_of_life(self, stream: str, ids: Ints, entity: Ints) -> Ints:
        """A day within the window on which the entity lives."""
        last = np.minimum(self.ended, days.LAST + 1)[entity] - 1
        return days.spread(self.chance, stream, ids, self.first_day[entity], last)


def found(chance: Chance, scale: float) -> Entities:
    """Draw all entities of a zone of the given scale (1 = 173,000)."""
    count = max(round(FULL_COUNT * scale), 60)
    ids = np.arange(count + max(20, count // 100))
    trade = industries()
    industry = chance.choice("entity.industry", ids, trade.weight)
    form = _forms(chance, ids, trade.sole_share[industry])
    district = chance.choice("entity.district", ids, districts().weight)
    old = days.FIRST - 1 - (chance.unit("entity.age", ids) ** 1.7 * 7300).astype(np.int64)
    young = days.spread(chance, "entity.opening", ids, np.full(len(ids), days.FIRST), np.full(len(ids), days.LAST - 30))
    established = np.where(chance.happens("entity.is_young", ids, _FLEETING), young, old)

    kin, established = _parents(chance, ids, count, form, established)
    forerunner, succession = _forerunners(chance, ids, count, form, established)
    twin = _twins(chance, ids, count, form, established, forerunner)
    for relative in (np.where(succession == CONVERSION, forerunner, -1), twin):
        same = relative >= 0
        industry[same], district[same] = industry[relative[same]], district[relative[same]]
    industry = np.where(kin >= 0, industry[kin], industry)
    form[succession == CONVERSION] = COMPANY
    form[(form == COOPERATIVE) & (trade.topic[industry] != TOPICS.index("food"))] = COMPANY

    own = np.exp(0.75 * chance.normal("entity.tendency", ids))
    tendency = own * np.array([0.6, 1.0, 1.5])[trade.hazard[industry]]
    ended, end_status = _ends(chance, ids, established, tendency)
    gone = (forerunner >= 0) & (succession != SPLIT)
    ended[forerunner[gone]] = established[gone]
    end_status[forerunner[gone]] = DEREGISTERED

    kind = _CODE_KINDS[form]
    rare = chance.unit("entity.registrar", ids)
    kind = np.where((form == COOPERATIVE) & (rare < 0.3), "N1", np.where((form == OTHER) & (rare < 0.3), "Y1", kind))
    kind = np.where((form == OTHER) & (rare > 0.9), "A1", kind)
    area = np.array(districts().code_prefix)[district]
    size = np.exp(chance.normal("entity.size", ids) * 1.1) * np.where(form == SOLE, 0.25, 1.0)
    return Entities(
        chance, count, ids, credit_codes(ids, kind, area), form, industry, district, established, ended, end_status,
        tendency, size, kin, forerunner, succession, twin,
    )  # fmt: skip


def _forms(chance: Chance, ids: Ints, sole_share: Floats) -> Ints:
    legal = chance.choice("entity.legal_form", ids, [0.81, 0.10, 0.04, 0.02, 0.03])
    forms = np.array([COMPANY, BRANCH, PARTNERSHIP, COOPERATIVE, OTHER])[legal]
    return np.where(chance.happens("entity.is_sole", ids, sole_share), SOLE, forms)


def _parents(chance: Chance, ids: Ints, count: int, form: Ints, established: Ints) -> tuple[Ints, Ints]:
    """Each branch gets an older company; a branch is never older than its parent."""
    companies = np.flatnonzero((form[:count] == COMPANY) & (established[:count] < days.FIRST - 365))
    is_branch = form == BRANCH
    kin = np.where(is_branch, companies[chance.below("entity.parent", ids, len(companies))], -1)
    after = established[kin] + 60 + chance.below("entity.branch_age", ids, 240)
    return kin, np.where(is_branch, np.maximum(established, after), established)


def _shuffled(chance: Chance, stream: str, pool: Ints) -> Ints:
    return pool[np.argsort(chance.bits(stream, pool), kind="stable")]


def _forerunners(chance: Chance, ids: Ints, count: int, form: Ints, established: Ints) -> tuple[Ints, Ints]:
    """Some of the young continue an older entity: conversion of a sole proprietor, merger or split of companies."""
    forerunner, succession = np.full(len(ids), -1), np.full(len(ids), -1)
    young = (established > days.FIRST + 30) & (ids < count) & (form != BRANCH)
    heirs = np.flatnonzero(young & chance.happens("entity.is_heir", ids, 0.08))
    kinds = chance.choice("entity.succession", heirs, [0.6, 0.25, 0.15])
    for kind, wanted in ((CONVERSION, SOLE), (MERGER, COMPANY), (SPLIT, COMPANY)):
        pool = np.flatnonzero((form[:count] == wanted) & (established[:count] < days.FIRST - 730))
        chosen = heirs[kinds == kind]
        pool = _shuffled(chance, f"entity.forerunner.{kind}", pool[pool % 3 == kind])[: len(chosen)]
        forerunner[chosen[: len(pool)]] = pool
        succession[chosen[: len(pool)]] = kind
    return forerunner, succession


def _twins(chance: Chance, ids: Ints, count: int, form: Ints, established: Ints, forerunner: Ints) -> Ints:
    """A few of the young are an existing sole proprietor or company registered a second time under a new code."""
    twin = np.full(len(ids), -1)
    free = (established > days.FIRST) & (ids < count) & (forerunner < 0) & (form != BRANCH)
    copies = np.flatnonzero(free & chance.happens("entity.is_twin", ids, 0.025))
    for wanted in (SOLE, COMPANY):
        pool = np.flatnonzero((form[:count] == wanted) & (established[:count] < days.FIRST - 365))
        chosen = copies[form[copies] == wanted]
        pool = _shuffled(chance, f"entity.twin.{wanted}", np.setdiff1d(pool, forerunner))[: len(chosen)]
        twin[chosen[: len(pool)]] = pool
    return twin


def _ends(chance: Chance, ids: Ints, established: Ints, tendency: Floats) -> tuple[Ints, Ints]:
    share = 0.05 + 0.025 * np.minimum(tendency, 6)
    first = np.maximum(established, days.FIRST) + 90
    day = days.spread(chance, "entity.end", ids, first, np.full(len(ids), days.LAST))
    ends = chance.happens("entity.ends", ids, share) & (first <= days.LAST)
    status = 1 + chance.choice("entity.end_status", ids, [0.70, 0.22, 0.08])
    return np.where(ends, day, days.NEVER), np.where(ends, status, ACTIVE)
