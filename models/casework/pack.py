"""Case packs as the policy declares them: steps, outcomes, pauses and clocks of one kind of case.

Not here: how time is counted (clock.py) and where cases come from (a feed's SQL).
"""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.policy.exact_yaml import read_yaml
from models.policy.loader import BUILT_IN, InForce, PolicyError

FOLDER = "case_pack"
_MINUTES = {"hour": 60, "minute": 1}
# What an outcome counts as: solved, merely done, failed, or void (withdrawn, duplicate: in no rate of outcomes).
Counts = Literal["solved", "done", "failed", "void"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ClockRule(_Strict):
    """One clock of a kind of case. Marks are `opened`, `closed`, `<step>.started` or `<step>.ended`.

    Limits are in the clock's unit; `extension` is added to the statutory one where it was approved. With `own_limits` a
    case's own limits go before those given here.
    """

    name: str
    unit: Literal["workday", "day", "hour", "minute"]
    starts: str = Field(alias="from")
    stops: str = Field(alias="to")
    statutory: int | None = Field(default=None, ge=1)
    promised: int | None = Field(default=None, ge=1)
    extension: int = Field(default=0, ge=0)
    own_limits: bool = False
    pauses: tuple[str, ...] = ()

    @property
    def tick(self) -> str:
        """What the clock counts: workday, day or minute; hours are counted in minutes."""
        return "minute" if self.unit in _MINUTES else self.unit

    def ticks(self, limit: int | None) -> int | None:
        """A limit of the rule in ticks."""
        return None if limit is None else limit * _MINUTES.get(self.unit, 1)


class CasePack(_Strict):
    """One kind of case. The first clock is its main one: what `overdue` means."""

    name: str
    steps: dict[str, str]
    outcomes: dict[str, tuple[str, Counts]]
    pauses: dict[str, str]
    clocks: dict[str, ClockRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> "CasePack":
        marks = {"opened", "closed"} | {f"{step}.{edge}" for step in self.steps for edge in ("started", "ended")}
        for clock_id, clock in self.clocks.items():
            if unknown := {clock.starts, clock.stops} - marks:
                raise ValueError(f"clock {clock_id} runs between unknown marks {sorted(unknown)}")
            if unknown := set(clock.pauses) - set(self.pauses):
                raise ValueError(f"clock {clock_id} pauses for {sorted(unknown)}, which the pack does not know")
        main = next(iter(self.clocks.values()))
        if (main.starts, main.stops) != ("opened", "closed") or main.tick == "minute":
            raise ValueError("the first clock is the main one: from opened to closed, in workday or day")
        return self


def packs(in_force: InForce) -> dict[str, CasePack]:
    """Every kind of case in force. Raises PolicyError naming the file that is wrong."""
    found = {}
    for policy_id, value in in_force.kernel(FOLDER).items():
        try:
            found[policy_id.partition(".")[2]] = CasePack.model_validate(value)
        except ValidationError as error:
            raise PolicyError(f"{in_force.policy.origin[policy_id]}: {error}") from error
    return found


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """The words that the built-in packs give to the columns case_kind, step_kind, outcome and pause_kind, of any day.

    The contracts take their allowed values from here, so that a pack needs no change of a contract.
    """
    words: dict[str, set[str]] = {"case_kind": set(), "step_kind": set(), "outcome": set(), "pause_kind": set()}
    for path in sorted((BUILT_IN / FOLDER).glob("*.yaml")):
        words["case_kind"].add(path.stem)
        values: dict[Any, dict[str, Any]] = read_yaml(path)["values"]
        for value in values.values():
            words["step_kind"] |= set(value["steps"])
            words["outcome"] |= set(value["outcomes"])
            words["pause_kind"] |= set(value["pauses"])
    return {column: tuple(sorted(found)) for column, found in words.items()}
