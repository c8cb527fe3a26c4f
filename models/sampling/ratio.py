"""The policy side of a draw: share drawn by credit and risk grade, and inspectors per visit.

No drawing here.
"""

from decimal import Decimal

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import micro

_RANGE_ID = "sampling.ratio_by_credit"
_RATIO_ID = "sampling.ratio_by_credit_risk"
_TEAM_ID = "sampling.inspectors_per_visit"


def ratios_ppm(in_force: InForce) -> dict[tuple[str, str], int]:
    """Share drawn in parts per million, by (credit grade, risk grade).

    Raises PolicyError for a ratio outside the range that the policy sets for its credit grade.
    """
    ranges, ratios = in_force.value(_RANGE_ID), in_force.value(_RATIO_ID)
    origin = in_force.policy.origin[_RATIO_ID]
    if set(ranges) != set(ratios):
        raise PolicyError(f"{origin}: credit grades {sorted(ratios)} are not {sorted(ranges)} of {_RANGE_ID}")
    ppm = {}
    for credit, by_risk in ratios.items():
        low, high = ranges[credit]
        for risk, ratio in by_risk.items():
            if not 0 <= Decimal(low) <= ratio <= Decimal(high) <= 1:
                raise PolicyError(f"{origin}: ratio {ratio} of {credit}/{risk} is outside {low}–{high} of {_RANGE_ID}")
            ppm[credit, risk] = micro(ratio)
    return ppm


def inspectors_per_visit(in_force: InForce) -> int:
    """Inspectors on one visit; the law wants at least two. Raises PolicyError for fewer."""
    number = in_force.value(_TEAM_ID)
    if type(number) is not int or number < 2:
        raise PolicyError(f"{in_force.policy.origin[_TEAM_ID]}: {number} inspectors; at least 2 must go")
    return number
