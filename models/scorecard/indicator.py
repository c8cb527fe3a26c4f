"""The registry of indicators, the themes they belong to and the windows they look over.

Not here: how an indicator is computed (one SQL file per family in the warehouse).
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.policy.loader import InForce, PolicyError
from models.scorecard.grade_scale import Direction

_WINDOW_ID, _THEME_ID = "indicator.window", "indicator.theme"
# Rules of the kernel `indicator` that register nothing.
NOT_REGISTERED = (
    _WINDOW_ID,
    _THEME_ID,
    "indicator.decay",
    "indicator.peer_weight",
    "indicator.strictness",
    "indicator.surroundings",
)
WINDOW_NAMES = (
    "inspection",
    "inspection_rate",
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
    "service_case",
    "burst",
    "baseline",
)


class Indicator(BaseModel):
    """What an indicator means. `direction` says whether a higher value speaks for or against the entity.

    A `candidate` need not have points in a scorecard of the house: it is offered to those who fit one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    unit: str
    direction: Direction
    basis: list[str] = Field(min_length=1)
    catalogue_code: str
    theme: str | None = None
    is_text: bool = False
    candidate: bool = False


class Theme(BaseModel):
    """A second-level theme of the credit system; `no_data` says why nothing is measured under it yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    level_id: str
    level_title: str
    title: str
    no_data: str | None = None


class _Level(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    themes: dict[str, str | dict[str, str]]


def registry(in_force: InForce) -> dict[str, Indicator]:
    """Every registered indicator by id (`<family>.<name>`). Raises PolicyError naming the file that is wrong."""
    known = themes(in_force)
    indicators: dict[str, Indicator] = {}
    for policy_id, value in in_force.kernel("indicator").items():
        if policy_id in NOT_REGISTERED:
            continue
        origin, family = in_force.policy.origin[policy_id], policy_id.partition(".")[2]
        entries: dict[str, Indicator] = _read(dict[str, Indicator], value, f"{origin}")
        if strangers := [name for name in entries if not name.startswith(f"{family}.")]:
            raise PolicyError(f"{origin}: {', '.join(strangers)} must begin with the family name {family}.")
        for name, indicator in entries.items():
            if indicator.theme is not None and (indicator.theme not in known or known[indicator.theme].no_data):
                raise PolicyError(f"{origin}: {name}: theme {indicator.theme} is not one with data in {_THEME_ID}")
        indicators |= entries
    return indicators


def themes(in_force: InForce) -> dict[str, Theme]:
    """Every second-level theme by id. Raises PolicyError naming the file that is wrong."""
    origin = in_force.policy.origin[_THEME_ID]
    levels: dict[str, _Level] = _read(dict[str, _Level], in_force.value(_THEME_ID), f"{origin}")
    return {
        theme_id: _theme(level_id, level.title, said, f"{origin}: {theme_id}")
        for level_id, level in levels.items()
        for theme_id, said in level.themes.items()
    }


def windows(in_force: InForce) -> dict[str, int]:
    """Days of each window, by the names of WINDOW_NAMES. Raises PolicyError when one is missing or not positive."""
    value = in_force.value(_WINDOW_ID)
    if sorted(value) != sorted(WINDOW_NAMES) or any(type(days) is not int or days < 1 for days in value.values()):
        origin = in_force.policy.origin[_WINDOW_ID]
        raise PolicyError(f"{origin}: {_WINDOW_ID} needs whole days ≥ 1 for exactly {', '.join(WINDOW_NAMES)}")
    return {name: value[name] for name in WINDOW_NAMES}


def _theme(level_id: str, level_title: str, said: str | dict[str, str], where: str) -> Theme:
    told = {"title": said} if isinstance(said, str) else said
    found: Theme = _read(Theme, {"level_id": level_id, "level_title": level_title, **told}, where)
    return found


def _read(shape: Any, value: Any, where: str) -> Any:
    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        raise PolicyError(f"{where}: {error}") from error
