"""From a score to a grade: named grades, best first, parted by cut points.

No score is computed here; grades by two sums at once stand in matrix.py.
"""

from dataclasses import dataclass
from typing import Literal

from models.scorecard.fixed_point import MICRO

Direction = Literal["higher_is_better", "higher_is_worse"]


@dataclass(frozen=True)
class Cut:
    """Scores lower ≤ score < upper (upper None is open) have this grade; `grade_no` 1 is the best."""

    grade: str
    grade_no: int
    lower_micro: int
    upper_micro: int | None


@dataclass(frozen=True)
class GradeScale:
    """The cuts of one scale, best grade first; together they hold every score from 0 up, each once."""

    direction: Direction
    cuts: tuple[Cut, ...]

    @classmethod
    def build(
        cls, direction: Direction, best_first: list[str], cuts_micro: list[int], on_cut: Literal["better", "worse"]
    ) -> "GradeScale":
        """Cut points between neighbouring grades, best first; `on_cut` says which side a score on the cut falls.

        Raises ValueError when the cuts do not fit the grades or the direction.
        """
        if len(set(best_first)) != len(cuts_micro) + 1:
            raise ValueError(f"{len(cuts_micro)} cuts need {len(cuts_micro) + 1} different grades, not {best_first}")
        higher_is_better = direction == "higher_is_better"
        on_cut_is_upper = (on_cut == "better") == higher_is_better
        lowers = [0, *(cut if on_cut_is_upper else cut + 1 for cut in sorted(cuts_micro))]
        if cuts_micro != sorted(set(cuts_micro), reverse=higher_is_better) or lowers != sorted(set(lowers)):
            raise ValueError(f"cuts {cuts_micro} must be positive and run from best grade to worst: {direction}")
        if lowers[-1] > 100 * MICRO:
            raise ValueError(f"cut {cuts_micro} lies above 100; no score could reach the grade beyond it")
        rising = list(enumerate(best_first, start=1))
        if higher_is_better:
            rising.reverse()
        uppers = [*lowers[1:], None]
        cuts = [Cut(name, no, low, up) for (no, name), low, up in zip(rising, lowers, uppers, strict=True)]
        return cls(direction, tuple(sorted(cuts, key=lambda cut: cut.grade_no)))

    def grade_no(self, score_micro: int) -> int:
        """Number of the grade of a score (1 is the best). Raises ValueError for a negative score."""
        for cut in self.cuts:
            if cut.lower_micro <= score_micro and (cut.upper_micro is None or score_micro < cut.upper_micro):
                return cut.grade_no
        raise ValueError(f"score {score_micro} is negative")
