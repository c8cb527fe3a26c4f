"""A grade from two partial sums at once: levels of a row axis × levels of a column axis → grade.

Not here: the sums themselves, and grades by one score (grade_scale.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from models.scorecard.grade_scale import GradeScale


@dataclass(frozen=True)
class Axis:
    """The sum of some groups of indicators, cut into levels; level 1 is the best."""

    axis_id: str
    groups: tuple[str, ...]
    scale: GradeScale

    def sum(self, group_micro: Mapping[str, int]) -> int:
        """Micro-points of the groups of this axis."""
        return sum(group_micro[group] for group in self.groups)


@dataclass(frozen=True)
class Matrix:
    """`grade_nos[row level − 1][column level − 1]`; a worse level never gives a better grade."""

    row: Axis
    column: Axis
    grade_nos: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        rows, columns = len(self.row.scale.cuts), len(self.column.scale.cuts)
        if [len(line) for line in self.grade_nos] != [columns] * rows:
            raise ValueError(f"the matrix must have {rows} rows of {columns} grades, one for each pair of levels")
        lines = [*self.grade_nos, *zip(*self.grade_nos, strict=True)]
        if any(worse < better for line in lines for better, worse in pairwise(line)):
            raise ValueError("the matrix gives a better grade for a worse level; grades may only get worse")
        if shared := set(self.row.groups) & set(self.column.groups):
            raise ValueError(f"group {', '.join(sorted(shared))} stands on both axes of the matrix")

    def grade_no(self, group_micro: Mapping[str, int]) -> int:
        """Number of the grade (1 is the best) of the sums of all groups."""
        row = self.row.scale.grade_no(self.row.sum(group_micro))
        column = self.column.scale.grade_no(self.column.sum(group_micro))
        return self.grade_nos[row - 1][column - 1]
