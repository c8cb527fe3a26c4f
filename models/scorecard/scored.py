"""What a scorecard answers: score, grade, and every point that made it.

Plain records; nothing is computed here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contribution:
    """One indicator's part of a score, in micro-points; `value_micro` None means the value was missing.

    The floor or cap of a group is a part too (`limit.<group>`): what it adds to or takes from the sum of the group.
    """

    indicator_id: str
    group_id: str
    value_micro: int | None
    points_micro: int
    weight_micro: int
    contribution_micro: int


@dataclass(frozen=True)
class Veto:
    """A fact that alone holds the grade at `worst_grade_no` or worse (`grade_no` 1 is the best grade)."""

    veto_id: str
    indicator_id: str
    at_least_micro: int
    worst_grade_no: int
    reason: str
    basis: str

    def applies(self, value_micro: int | None) -> bool:
        """True when the value is known and reaches the threshold."""
        return value_micro is not None and value_micro >= self.at_least_micro


@dataclass(frozen=True)
class Scored:
    """Score in micro-points (0–100·10^6) and grade of one entity.

    `contributions` sum to `score_micro` exactly. `grade_without_text` is the grade had no text been known, vetoes
    included; `grade` is never more than one step from it.
    """

    score_micro: int
    grade: str
    contributions: tuple[Contribution, ...]
    vetoes: tuple[Veto, ...]
    grade_without_text: str
