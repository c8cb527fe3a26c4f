"""What counts as near: squares of a grid, and the weights of a square and of the eight around it.

Not here: which figures are summed over them (warehouse/sql/indicator/near.sql).
"""

from decimal import Decimal
from typing import Any

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import MICRO, micro

_POLICY_ID = "indicator.surroundings"
_NAMES = ("cell_metres", "corner", "side")
METRES_PER_DEGREE = 111_320  # of latitude, and of longitude at the equator


def cell_metres(in_force: InForce) -> int:
    """Length in metres of a side of the squares. Raises PolicyError where the rule is wrong."""
    return int(_rule(in_force)["cell_metres"])


def steps(in_force: InForce) -> list[tuple[int, int, int]]:
    """(rows north, columns east, weight in micro-units) of the nine squares that count, the own one first.

    Raises PolicyError where the rule is wrong.
    """
    rule = _rule(in_force)
    side, corner = micro(rule["side"]), micro(rule["corner"])
    around = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]
    return [(0, 0, MICRO), *((y, x, corner if y and x else side) for y, x in around)]


def _rule(in_force: InForce) -> dict[str, Any]:
    rule = in_force.value(_POLICY_ID)
    if (
        sorted(rule) != list(_NAMES)
        or type(rule["cell_metres"]) is not int
        or rule["cell_metres"] < 1
        or not 0 <= Decimal(rule["corner"]) <= Decimal(rule["side"]) <= 1
    ):
        origin = in_force.policy.origin[_POLICY_ID]
        raise PolicyError(
            f"{origin}: {_POLICY_ID} needs cell_metres (whole metres ≥ 1) and 0 ≤ corner ≤ side ≤ 1, nothing else"
        )
    return dict(rule)
