"""The registry of indicators and the windows they look back over.

Not here: how an indicator is computed (one SQL file per family in the warehouse).
"""

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.policy.loader import InForce, PolicyError
from models.scorecard.grade_scale import Direction

_WINDOW_ID = "indicator.window"
WINDOW_NAMES = (
    "inspection",
    "finding",
    "penalty",
    "complaint",
    "abnormal_list",
    "annual_report",
    "tax_filing",
    "licence_expiry_ahead",
    "text",
    "change",
    "visit",
)


class Indicator(BaseModel):
    """What an indicator means. `direction` says whether a higher value speaks for or against the entity."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    unit: str
    direction: Direction
    basis: list[str] = Field(min_length=1)
    catalogue_code: str


def registry(in_force: InForce) -> dict[str, Indicator]:
    """Every registered indicator by id (`<family>.<name>`). Raises PolicyError naming the file that is wrong."""
    indicators: dict[str, Indicator] = {}
    for policy_id, value in in_force.kernel("indicator").items():
        if policy_id == _WINDOW_ID:
            continue
        origin, family = in_force.policy.origin[policy_id], policy_id.partition(".")[2]
        try:
            entries = TypeAdapter(dict[str, Indicator]).validate_python(value)
        except ValidationError as error:
            raise PolicyError(f"{origin}: {error}") from error
        if strangers := [name for name in entries if not name.startswith(f"{family}.")]:
            raise PolicyError(f"{origin}: {', '.join(strangers)} must begin with the family name {family}.")
        indicators |= entries
    return indicators


def windows(in_force: InForce) -> dict[str, int]:
    """Days of each window, by the names of WINDOW_NAMES. Raises PolicyError when one is missing or not positive."""
    value = in_force.value(_WINDOW_ID)
    if sorted(value) != sorted(WINDOW_NAMES) or any(type(days) is not int or days < 1 for days in value.values()):
        origin = in_force.policy.origin[_WINDOW_ID]
        raise PolicyError(f"{origin}: {_WINDOW_ID} needs whole days ≥ 1 for exactly {', '.join(WINDOW_NAMES)}")
    return {name: value[name] for name in WINDOW_NAMES}
