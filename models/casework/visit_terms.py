"""Clocks around a visit: notice before it, result and re-check after it, publication of what came of it.

Not here: which days are worked (calendar.py), and what was published (warehouse/publication).
"""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.casework.calendar import WorkCalendar
from models.policy.loader import InForce, PolicyError

_VISIT_ID, _PUBLICATION_ID = "casework.visit_terms", "casework.publication_terms"


class _VisitTerms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    notice: int = Field(ge=0)
    recusal_request: int = Field(ge=1)
    result: int = Field(ge=1)
    recheck: int = Field(ge=1)


class _PublicationTerms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    inspection: int = Field(ge=1)
    penalty: int = Field(ge=1)
    withdrawal: int = Field(ge=1)


@dataclass(frozen=True)
class VisitTerms:
    """The terms in force on one day, in working days; each raises CalendarError where it runs into an unknown year."""

    recusal_request: int
    _visit: _VisitTerms
    _publication: _PublicationTerms
    _calendar: WorkCalendar

    @classmethod
    def from_policy(cls, in_force: InForce) -> "VisitTerms":
        """The terms as in force. Raises PolicyError naming the file that is wrong."""
        origin = in_force.policy.origin
        try:
            visit = _VisitTerms.model_validate(in_force.value(_VISIT_ID))
        except ValidationError as error:
            raise PolicyError(f"{origin[_VISIT_ID]}: {error}") from error
        try:
            publication = _PublicationTerms.model_validate(in_force.value(_PUBLICATION_ID))
        except ValidationError as error:
            raise PolicyError(f"{origin[_PUBLICATION_ID]}: {error}") from error
        return cls(visit.recusal_request, visit, publication, WorkCalendar.from_policy(in_force))

    def give_notice_by(self, window_from: date) -> date:
        """The last working day on which a notice is still in time for a visit on the first day of the window."""
        return self._calendar.after(window_from, -self._visit.notice)

    def result_due(self, window_to: date) -> date:
        """The working day by which the result of a visit has to be handed in, counted from the end of the window."""
        return self._calendar.after(window_to, self._visit.result)

    def recheck_due(self, visited_on: date) -> date:
        """The working day by which somebody comes back to see whether a finding was put right."""
        return self._calendar.after(visited_on, self._visit.recheck)

    def publish_by(self, kind: str, happened_on: date) -> date:
        """The working day by which an `inspection`, `penalty` or `withdrawal` has to be published."""
        return self._calendar.after(happened_on, getattr(self._publication, kind))
