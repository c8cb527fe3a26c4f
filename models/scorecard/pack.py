"""The shape of a scorecard in its policy file, checked as far as one file can be checked by itself.

Not here: scoring, and whether the indicators and sources that a pack names exist.
"""

from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.scorecard.fixed_point import micro
from models.scorecard.grade_scale import Direction, GradeScale
from models.scorecard.matrix import Axis, Matrix
from models.scorecard.segment import Segment, bracket_segments, line_segments

Points = list[tuple[Decimal, Decimal]]
OnCut = Literal["better", "worse"]


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


class PackGroup(_Part):
    """A group of indicators; the sum of its contributions is held within floor and cap."""

    title: str
    floor: Decimal | None = Field(default=None, ge=0, le=100)
    cap: Decimal | None = Field(default=None, ge=0, le=100)


class PackVeto(_Part):
    """A fact that alone holds the grade at `grade` or worse."""

    id: str
    indicator: str
    at_least: Decimal
    grade: str
    reason: str
    basis: list[str] = Field(min_length=1)


class PackAxis(_Part):
    """Groups whose contributions are summed, and the cuts between the levels of that sum, best level first."""

    groups: list[str] = Field(min_length=1)
    levels: list[str]
    cuts: list[Decimal]
    on_cut: OnCut


class PackMatrix(_Part):
    """Two axes and the grade of each pair of levels: `grades[row level][column level]`."""

    row: PackAxis
    column: PackAxis
    grades: list[list[str]]


class PackGrades(_Part):
    """Grades from best to worst, by a matrix or by cut points; `on_cut` is the side of a score on a cut."""

    best_first: list[str] = Field(min_length=2)
    cuts: list[Decimal] | None = None
    on_cut: OnCut | None = None
    matrix: PackMatrix | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.cuts is None) == (self.matrix is None) or (self.cuts is None) != (self.on_cut is None):
            raise ValueError("give either cuts with on_cut, or a matrix")
        return self


class Pack(_Part):
    """One scorecard as written. Weights sum to exactly 1."""

    method: Literal["weighted_sum_v1", "matrix_v1"]
    direction: Direction
    grades: PackGrades
    groups: dict[str, PackGroup | str]
    indicators: dict[str, PackIndicator] = Field(min_length=1)
    vetoes: list[PackVeto]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        total = sum(indicator.weight for indicator in self.indicators.values())
        if total != 1:
            raise ValueError(f"the weights sum to {total}, not to 1")
        if (self.method == "matrix_v1") != (self.grades.matrix is not None):
            raise ValueError(f"method {self.method} does not grade by {'a matrix' if self.grades.matrix else 'cuts'}")
        named = {indicator.group for indicator in self.indicators.values()} | set(self._axis_groups())
        if unknown := sorted(named - set(self.groups)):
            raise ValueError(f"unknown group {', '.join(unknown)}; groups are {', '.join(self.groups)}")
        if self.grades.matrix and (left := sorted(set(self.groups) - set(self._axis_groups()))):
            raise ValueError(f"group {', '.join(left)} stands on no axis of the matrix")
        for indicator_id, indicator in self.indicators.items():
            if not indicator.is_missing_within_known(self.direction):
                raise ValueError(f"{indicator_id}: a missing value would be better than the best known one")
        for group_id, group in self.limited_groups().items():
            self._check_limits(group_id, group)
        return self

    def _axis_groups(self) -> list[str]:
        matrix = self.grades.matrix
        return [*matrix.row.groups, *matrix.column.groups] if matrix else []

    def _check_limits(self, group_id: str, group: PackGroup) -> None:
        reach = sum(part.weight for part in self.indicators.values() if part.group == group_id) * 100
        floor, cap = group.floor or Decimal(0), reach if group.cap is None else group.cap
        if not floor < cap <= reach:
            raise ValueError(f"group {group_id}: floor {floor} and cap {cap} must lie in order within 0–{reach}")

    def group_titles(self) -> dict[str, str]:
        """Chinese title of each group."""
        return {name: group if isinstance(group, str) else group.title for name, group in self.groups.items()}

    def limited_groups(self) -> dict[str, PackGroup]:
        """The groups with a floor or a cap."""
        return {
            name: group
            for name, group in self.groups.items()
            if isinstance(group, PackGroup) and (group.floor, group.cap) != (None, None)
        }

    def rule(self) -> GradeScale | Matrix:
        """The cuts of the score, or the matrix. Raises ValueError when they do not hold together."""
        grades = self.grades
        if grades.cuts is not None and grades.on_cut is not None:
            cuts = [micro(cut) for cut in grades.cuts]
            return GradeScale.build(self.direction, grades.best_first, cuts, grades.on_cut)
        if grades.matrix is None:
            raise ValueError("give either cuts with on_cut, or a matrix")
        return self._matrix(grades.matrix)

    def _matrix(self, written: PackMatrix) -> Matrix:
        row, column = (self._axis(name, axis) for name, axis in (("row", written.row), ("column", written.column)))
        names = self.grades.best_first
        if strangers := {grade for line in written.grades for grade in line} - set(names):
            raise ValueError(f"grade {', '.join(sorted(strangers))} of the matrix is not one of {names}")
        return Matrix(row, column, tuple(tuple(names.index(grade) + 1 for grade in line) for line in written.grades))

    def _axis(self, axis_id: str, axis: PackAxis) -> Axis:
        cuts = [micro(cut) for cut in axis.cuts]
        return Axis(axis_id, tuple(axis.groups), GradeScale.build(self.direction, axis.levels, cuts, axis.on_cut))
