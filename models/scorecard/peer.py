"""An entity's rate against that of its peers (industry × district), drawn towards them where its numbers are small.

The reference for the SQL macros `shrunk` and `relative`. Not here: who the peers are (warehouse/sql/indicator).
"""

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import MICRO, half_even

_PEER_ID = "indicator.peer_weight"
_STRICTNESS_ID = "indicator.strictness"
WEIGHT_NAMES = ("inspection", "tax_filing", "complaint", "text", "service_case", "record", "near", "group")
_MOST = 999_999 * MICRO
STRICTNESS_NAMES = ("prior_findings", "prior_critical", "least_micro")


def shrunk(events: int, exposure_micro: int, towards_micro: int, weight: int) -> int:
    """Rate in micro-units of events per unit of exposure, as if `weight` units at the rate `towards_micro` were added.

    >>> shrunk(1, 1_000_000, 200_000, 4)
    360000
    """
    return half_even((events * MICRO + weight * towards_micro) * MICRO, exposure_micro + weight * MICRO)


def relative(events: int, exposure_micro: int, towards_micro: int, weight: int) -> int:
    """The shrunk rate as a multiple of the peers' rate, in micro-units (10^6: the same), below a million times.

    Of peers without any event it is the events themselves.

    >>> relative(0, 0, 200_000, 4), relative(1, 1_000_000, 200_000, 4), relative(2, 3_000_000, 0, 4)
    (1000000, 1800000, 2000000)
    """
    if towards_micro <= 0:
        return min(events * MICRO, _MOST)
    return min(half_even(shrunk(events, exposure_micro, towards_micro, weight) * MICRO, towards_micro), _MOST)


def peer_weights(in_force: InForce) -> dict[str, int]:
    """How many units of exposure the peers count for, by WEIGHT_NAMES (`group`: the whole zone, for small groups).

    Raises PolicyError when one is missing or not positive.
    """
    return _whole_numbers(in_force, _PEER_ID, WEIGHT_NAMES)


def strictness_rule(in_force: InForce) -> dict[str, int]:
    """Numbers of the estimate of strictness, by STRICTNESS_NAMES. Raises PolicyError when one is missing."""
    return _whole_numbers(in_force, _STRICTNESS_ID, STRICTNESS_NAMES)


def _whole_numbers(in_force: InForce, policy_id: str, names: tuple[str, ...]) -> dict[str, int]:
    value = in_force.value(policy_id)
    if sorted(value) != sorted(names) or any(type(number) is not int or number < 1 for number in value.values()):
        origin = in_force.policy.origin[policy_id]
        raise PolicyError(f"{origin}: {policy_id} needs whole numbers ≥ 1 for exactly {', '.join(names)}")
    return {name: value[name] for name in names}
