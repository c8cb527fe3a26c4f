"""How hot an event is: people, texts, engagement and growth, each 0–100, newer days counting more.

Not here: which texts an event has (events.py). Every part only rises with what it counts and saturates, so that the
heat of one event does not change because of another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MICRO = 1_000_000


@dataclass(frozen=True)
class HeatRule:
    """Policy text.heat: weights of the parts (they add up to 100), what makes each part 100, days of decay."""

    weight: Mapping[str, int]
    full: Mapping[str, int]
    half_life_days: int
    recent_days: int

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> HeatRule:
        """The rule from its policy value. Raises ValueError when the weights do not add up to 100."""
        if sum(value["weight"].values()) != 100:
            raise ValueError(f"text.heat: the weights of the parts add up to {sum(value['weight'].values())}, not 100")
        return cls(value["weight"], value["full"], int(value["half_life_days"]), int(value["recent_days"]))

    def decay_micro(self, age_days: int) -> int:
        """What something so many days old still counts, in millionths."""
        kept: float = 0.5 ** (age_days / self.half_life_days)
        return round(_MICRO * kept)


@dataclass(frozen=True)
class Heat:
    """The parts and their weighted mean, in hundredths of a point (0–10,000)."""

    people: int
    texts: int
    engagement: int
    growth: int
    heat: int


def heat(rule: HeatRule, people_micro: int, texts_micro: int, engagement_micro: int, growth: float) -> Heat:
    """Heat of an event from its decayed counts (millionths) and its growth (standard deviations)."""
    parts = {
        "people": _part(people_micro / _MICRO, rule.full["people"]),
        "texts": _part(texts_micro / _MICRO, rule.full["texts"]),
        "engagement": _part(engagement_micro / _MICRO, rule.full["engagement"]),
        "growth": _part(growth, rule.full["growth"]),
    }
    return Heat(**parts, heat=round(sum(rule.weight[name] * part for name, part in parts.items()) / 100))


def growth(rule: HeatRule, by_age: Sequence[int]) -> float:
    """How far the people of the last days exceed those of the days before, in standard deviations; never below 0.

    `by_age[n]` are the people n days ago; what was expected is the mean of the days before, one at least in all.
    """
    recent, before = sum(by_age[: rule.recent_days]), by_age[rule.recent_days :]
    expected = sum(before) / len(before) * rule.recent_days if before else 0.0
    return max(0.0, (recent - expected) / math.sqrt(max(expected, 1.0)))


def _part(count: float, full: int) -> int:
    return min(10_000, round(10_000 * math.log1p(max(count, 0.0)) / math.log1p(full)))
