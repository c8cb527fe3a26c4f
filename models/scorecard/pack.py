"""The shape of a scorecard in its policy file, checked as far as one file can be checked by itself.

Not here: scoring, and whether the indicators and sources that a pack names exist.
"""

from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.scorecard.grade_scale import Direction
from models.scorecard.segment import Segment, bracket_segments, line_segments

Points = list[tuple[Decimal, Decimal]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackIndicator(_Part):
    """Weight and points of one indicator. Points are 0–100 before the weight."""

    group: str
    weight: Decimal = Field(gt=0, le=1)
    missing: Decimal = Field(ge=0, le=100)
    brackets: Points | None = Field(default=None, min_length=1)
    line: Points | None = Field(default=None, min_length=2)

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.brackets is None) == (self.line is None):
            raise ValueError("give either brackets or a line")
        return self

    def segments(self) -> tuple[Segment, ...]:
        """The points as segments of the value."""
        return bracket_segments(self.brackets) if self.brackets else line_segments(self.line or [])

    def is_missing_within_known(self, direction: Direction) -> bool:
        """True when not to know the value is never better than the best value known."""
        known = [points for _, points in (self.brackets or self.line or [])]
        return self.missing <= max(known) if direction == "higher_is_better" else self.missing >= min(known)


class PackVeto(_Part):
    """A fact that alone holds the grade at `grade` or worse."""

    id: str
    indicator: str
    at_least: Decimal
    grade: str
    reason: str
    basis: list[str] = Field(min_length=1)


class PackGrades(_Part):
    """Grades from best to worst, the cut points between neighbours, and the side of a score on a cut."""

    best_first: list[str]
    cuts: list[Decimal]
    on_cut: Literal["better", "worse"]


class Pack(_Part):
    """One scorecard as written. Weights sum to exactly 1."""

    method: Literal["weighted_sum_v1"]
    direction: Direction
    grades: PackGrades
    groups: dict[str, str]
    text_group: str
    indicators: dict[str, PackIndicator] = Field(min_length=1)
    vetoes: list[PackVeto]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        total = sum(indicator.weight for indicator in self.indicators.values())
        if total != 1:
            raise ValueError(f"the weights sum to {total}, not to 1")
        named = {indicator.group for indicator in self.indicators.values()} | {self.text_group}
        if unknown := sorted(named - set(self.groups)):
            raise ValueError(f"unknown group {', '.join(unknown)}; groups are {', '.join(self.groups)}")
        for indicator_id, indicator in self.indicators.items():
            if not indicator.is_missing_within_known(self.direction):
                raise ValueError(f"{indicator_id}: a missing value would be better than the best known one")
        for veto in self.vetoes:
            scored = self.indicators.get(veto.indicator)
            if scored is not None and scored.group == self.text_group:
                raise ValueError(f"veto {veto.id}: a text may not veto; its influence is capped at one grade")
        return self
