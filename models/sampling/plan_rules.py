"""The dated rules of a plan: kinds, caps, causes of visits, recognition, frequency, full coverage, cycle, capacity.

Not here: the shares drawn (ratio.py), and what the rules do to a plan (plan_frame.py, plan_load.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.policy.loader import InForce, PolicyError
from models.sampling.ratio import ratios_ppm
from models.scorecard.fixed_point import micro

_T = TypeVar("_T")


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanKind(_Rule):
    """A kind of plan: how long its window may be, and into how many parts the yearly share falls."""

    title: str
    longest_days: int = Field(ge=1)
    parts: int = Field(ge=1)


class Cap(_Rule):
    """Counted visits that an entity may have in a calendar year: of one department, and of all together."""

    department: int = Field(ge=1)
    total: int = Field(ge=1)


class Cause(_Rule):
    """Why somebody comes, whether it counts towards the caps, and which records of the feeds mean it."""

    title: str
    counts: bool
    inspection: tuple[str, ...] = ()
    visit: tuple[str, ...] = ()


class _Recognition(_Rule):
    inspection_kinds: tuple[str, ...]


class _FullCoverage(_Rule):
    industry_codes: tuple[str, ...]


class _Years(_Rule):
    years: int = Field(ge=1)


class _Days(_Rule):
    days: int = Field(ge=0)


class _Capacity(_Rule):
    share_of_days: Decimal = Field(gt=0, le=1)
    visits_per_day: int = Field(ge=1)


@dataclass(frozen=True)
class PlanRules:
    """Every rule of a plan as in force on one day; grades are (credit, risk) pairs."""

    kinds: Mapping[str, PlanKind]
    ratios_ppm: Mapping[tuple[str, str], int]
    highest_ppm: Mapping[str, int]
    frequency: Mapping[tuple[str, str], int]
    caps: Mapping[str, Cap]
    recognised_kinds: tuple[str, ...]
    full_coverage: tuple[str, ...]
    cycle_years: int
    share_of_days_micro: int
    visits_per_day: int

    @classmethod
    def from_policy(cls, in_force: InForce) -> "PlanRules":
        """The rules as in force. Raises PolicyError naming the file that is wrong."""
        ratios = ratios_ppm(in_force)
        frequency = _read(in_force, "frequency_by_credit_risk", dict[str, dict[str, int]])
        caps = _read(in_force, "visit_cap", dict[str, Cap])
        for name, graded in (("frequency_by_credit_risk", set(frequency)), ("visit_cap", set(caps))):
            if graded != {credit for credit, _ in ratios}:
                raise PolicyError(
                    f"{_origin(in_force, name)}: credit grades {sorted(graded)} are not those of the ratios"
                )
        cells = {(credit, risk): times for credit, row in frequency.items() for risk, times in row.items()}
        if set(cells) != set(ratios) or min(cells.values()) < 1:
            raise PolicyError(
                f"{_origin(in_force, 'frequency_by_credit_risk')}: every pair of grades needs a frequency of at least 1"
            )
        capacity = _read(in_force, "capacity", _Capacity)
        return cls(
            kinds=_read(in_force, "plan_kind", dict[str, PlanKind]),
            ratios_ppm=ratios,
            highest_ppm={c: micro(high) for c, (_, high) in in_force.value("sampling.ratio_by_credit").items()},
            frequency=cells,
            caps=caps,
            recognised_kinds=_read(in_force, "recognition", _Recognition).inspection_kinds,
            full_coverage=_read(in_force, "full_coverage", _FullCoverage).industry_codes,
            cycle_years=_read(in_force, "cycle", _Years).years,
            share_of_days_micro=micro(capacity.share_of_days),
            visits_per_day=capacity.visits_per_day,
        )


def visit_causes(in_force: InForce) -> dict[str, Cause]:
    """Causes of visits by code. Raises PolicyError when a record's cause would mean two of them."""
    causes = _read(in_force, "visit_cause", dict[str, Cause])
    for record in ("inspection", "visit"):
        kinds = [kind for cause in causes.values() for kind in getattr(cause, record)]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise PolicyError(
                f"{_origin(in_force, 'visit_cause')}: {record} {', '.join(twice)} stands under two causes"
            )
    return causes


def visit_caps(in_force: InForce) -> dict[str, Cap]:
    """Caps by credit grade."""
    return _read(in_force, "visit_cap", dict[str, Cap])


def cool_down_days(in_force: InForce) -> int:
    """Days for which an inspector does not come back to an entity."""
    return _read(in_force, "cool_down", _Days).days


def _origin(in_force: InForce, name: str) -> Any:
    return in_force.policy.origin[f"sampling.{name}"]


def _read(in_force: InForce, name: str, kind: type[_T]) -> _T:
    try:
        return TypeAdapter(kind).validate_python(in_force.value(f"sampling.{name}"))
    except ValidationError as error:
        raise PolicyError(f"{_origin(in_force, name)}: {error}") from error
