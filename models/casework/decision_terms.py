"""How long a decision of a person may hold, and by when a request has to be answered.

Not here: what was decided (warehouse/decisions) and which days are worked (calendar).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.casework.calendar import WorkCalendar
from models.policy.loader import InForce, PolicyError

_POLICY_ID = "casework.decision_terms"


class _Terms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    override_days: int = Field(ge=1)
    answer_workdays: dict[str, int]


@dataclass(frozen=True)
class DecisionTerms:
    """The terms in force on one day."""

    override_days: int
    answer_workdays: dict[str, int]
    calendar: WorkCalendar

    @classmethod
    def from_policy(cls, in_force: InForce) -> "DecisionTerms":
        """The terms as in force. Raises PolicyError naming the file that is wrong."""
        try:
            terms = _Terms.model_validate(in_force.value(_POLICY_ID))
        except ValidationError as error:
            raise PolicyError(f"{in_force.policy.origin[_POLICY_ID]}: {error}") from error
        return cls(terms.override_days, terms.answer_workdays, WorkCalendar.from_policy(in_force))

    def last_override_day(self, valid_from: date) -> date:
        """The last day on which an override that begins on `valid_from` may still hold; both days count."""
        return valid_from + timedelta(days=self.override_days - 1)

    def answer_due(self, kind: str, asked_on: date) -> date | None:
        """The working day by which a request of `kind` has to be answered; None for what waits for no answer."""
        left = self.answer_workdays.get(kind)
        if left is None:
            return None
        return self.calendar.after(asked_on, left)
