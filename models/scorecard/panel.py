"""Scoring of many entities at once: one pass per indicator over whole arrays, equal to card.py to the last digit.

Not here: where the values come from and where the results go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.scorecard.card import TEXT_STEPS, Scorecard, ScoredIndicator
from models.scorecard.fixed_point import MICRO, Ints, half_even, half_even_each
from models.scorecard.grade_scale import GradeScale
from models.scorecard.packs import grade_indicator

MISSING = -1  # no value can be below zero
Values = Mapping[str, Ints]
Micros = NDArray[np.int32]


@dataclass(frozen=True)
class PanelScores:
    """Results of one scorecard; the rows of `points` and `contributions` are its indicators, then its limited groups.

    Everything in micro-units; grade numbers begin with 1, the best. Bit n of `vetoes` says that veto n applies.
    """

    points: Micros
    contributions: Micros
    score: Ints
    grade_no: Ints
    grade_no_without_text: Ints
    vetoes: Ints


def score_panel(cards: Sequence[Scorecard], values: Values, count: int) -> dict[str, PanelScores]:
    """Score `count` entities on every card in order, by pack id; a value is micro-units or MISSING.

    Raises ValueError naming the indicator that has a value below zero.
    """
    for name, column in values.items():
        if count and column.min() < MISSING:
            raise ValueError(f"{name} is {column.min()} micro-units; a value must not be negative")
    known, scored = dict(values), {}
    for card in cards:
        scored[card.pack_id] = _score(card, known, count)
        known[grade_indicator(card.pack_id)] = scored[card.pack_id].grade_no_without_text * MICRO
    return scored


def _score(card: Scorecard, values: Values, count: int) -> PanelScores:
    nothing = np.full(count, MISSING)
    width = len(card.indicators) + len(card.limits)
    points = np.zeros((width, count), dtype=np.int32)
    contributions = np.zeros((width, count), dtype=np.int32)
    sums = {group: np.zeros(count, dtype=np.int64) for group in card.groups}
    silent = dict.fromkeys(card.groups, 0)  # what the missing values of text indicators add
    for n, part in enumerate(card.indicators):
        points[n], contributions[n] = _part(part, values.get(part.indicator_id, nothing))
        if part.is_text:
            silent[part.group_id] += half_even(part.weight_micro * part.missing_points_micro)
        sums[part.group_id] += contributions[n]
    without_text = {group: total + silent[group] for group, total in sums.items()}
    for n, part in enumerate(card.indicators):
        if part.is_text:
            without_text[part.group_id] -= contributions[n]
    for n, limit in enumerate(card.limits, start=len(card.indicators)):
        for totals in (sums, without_text):
            held = np.clip(totals[limit.group_id], limit.floor_micro, limit.cap_micro)
            if totals is sums:
                contributions[n] = held - totals[limit.group_id]
            totals[limit.group_id] = held
    vetoes, floor = np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    for n, veto in enumerate(card.vetoes):
        applies = values.get(veto.indicator_id, nothing) >= max(veto.at_least_micro, 0)
        vetoes |= applies.astype(np.int64) << n
        floor = np.maximum(floor, np.where(applies, veto.worst_grade_no, 1))
    by_score, by_silence = _grades(card, sums), _grades(card, without_text)
    grade = np.clip(by_score, by_silence - TEXT_STEPS, by_silence + TEXT_STEPS)
    total = np.add.reduce([*sums.values()])
    return PanelScores(points, contributions, total, np.maximum(grade, floor), np.maximum(by_silence, floor), vetoes)


def _part(part: ScoredIndicator, values: Ints) -> tuple[Ints, Ints]:
    """Points and contribution of each value; place 0 of the tables is a missing value, then come the segments."""
    segments = part.segments
    place = np.zeros(len(values), dtype=np.int8)
    for segment in segments:
        place += values >= segment.lower_micro
    level = np.array([part.missing_points_micro, *(segment.points_micro for segment in segments)])
    ready = np.array([half_even(part.weight_micro * int(points)) for points in level])
    points, contribution = level[place], ready[place]
    slope = np.array([0, *(segment.slope_micro for segment in segments)])
    if slope.any():
        at = np.flatnonzero(slope[place])
        lower = np.array([0, *(segment.lower_micro for segment in segments)])
        here = place[at]
        points[at] += half_even_each(slope[here] * (values[at] - lower[here]))
        contribution[at] = half_even_each(part.weight_micro * points[at])
    return points, contribution


def _grades(card: Scorecard, sums: Mapping[str, Ints]) -> Ints:
    rule = card.rule
    if isinstance(rule, GradeScale):
        return _levels(rule, np.add.reduce([*sums.values()]))
    row, column = (
        _levels(axis.scale, np.add.reduce([sums[group] for group in axis.groups])) for axis in (rule.row, rule.column)
    )
    found: Ints = np.array(rule.grade_nos)[row - 1, column - 1]
    return found


def _levels(scale: GradeScale, sums: Ints) -> Ints:
    rising = sorted(scale.cuts, key=lambda cut: cut.lower_micro)
    numbers = np.array([cut.grade_no for cut in rising])
    place = np.zeros(len(sums), dtype=np.int8)
    for cut in rising[1:]:
        place += sums >= cut.lower_micro
    found: Ints = numbers[place]
    return found
