"""Points of one indicator as segments of its value: flat brackets or straight lines, in micro-units.

No weights and no grades.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.scorecard.fixed_point import MICRO, half_even, micro

Knots = Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Segment:
    """Points for lower ≤ value < upper (upper None is open): points + half_even(slope × (value − lower))."""

    lower_micro: int
    upper_micro: int | None
    points_micro: int
    slope_micro: int

    def holds(self, value_micro: int) -> bool:
        """True when the value lies in this segment."""
        return self.lower_micro <= value_micro and (self.upper_micro is None or value_micro < self.upper_micro)

    def points_at(self, value_micro: int) -> int:
        """Micro-points of a value of this segment."""
        return self.points_micro + half_even(self.slope_micro * (value_micro - self.lower_micro))


def bracket_segments(knots: Knots) -> tuple[Segment, ...]:
    """Each knot (from, points) holds from its value, that value included, up to the next one."""
    values, points = _ascending(knots)
    uppers = [*values[1:], None]
    return tuple(Segment(low, up, level, 0) for low, up, level in zip(values, uppers, points, strict=True))


def line_segments(knots: Knots) -> tuple[Segment, ...]:
    """Straight lines between neighbouring knots (value, points); level from the last knot on.

    Raises ValueError when a slope is no whole number of micro-points, for then SQL and Python could differ.
    """
    values, points = _ascending(knots)
    segments = []
    for (low, up), (start, end) in zip(pairwise(values), pairwise(points), strict=True):
        slope, rest = divmod((end - start) * MICRO, up - low)
        if rest:
            raise ValueError(f"the slope between {low} and {up} micro-units is not exact; move a knot so that it is")
        segments.append(Segment(low, up, start, slope))
    return (*segments, Segment(values[-1], None, points[-1], 0))


def _ascending(knots: Knots) -> tuple[list[int], list[int]]:
    values, points = [micro(value) for value, _ in knots], [micro(level) for _, level in knots]
    if values[0] != 0 or any(low >= up for low, up in pairwise(values)):
        raise ValueError(f"the values of {[str(value) for value, _ in knots]} must begin at 0 and rise")
    if min(points) < 0 or max(points) > 100 * MICRO:
        raise ValueError(f"points {[str(level) for _, level in knots]} must lie within 0–100")
    return values, points
