"""The numbers of signing in and of the audit, as policies access.sign_in and access.audit say.

Not here: which account is locked (warehouse/users) and which session has ended (warehouse/sign_ins).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.policy.loader import InForce, Policy, PolicyError

AUDIT_LEAST_MONTHS = 6  # Cybersecurity Law, article 21 (3); a policy may ask for more, never for less


class _SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    failures: int = Field(ge=1)
    locked_minutes: int = Field(ge=1)
    idle_minutes: int = Field(ge=1)
    session_hours: int = Field(ge=1)
    password_length: int = Field(ge=8)
    one_time_hours: int = Field(ge=1)
    wall_days: int = Field(ge=1)


@dataclass(frozen=True)
class SignInTerms:
    """How often one may fail, how long what holds, how long a password is (characters)."""

    failures: int
    locked: timedelta
    idle: timedelta
    session: timedelta
    password_length: int
    one_time: timedelta
    wall: timedelta
    audit_months: int

    @classmethod
    def from_policy(cls, in_force: InForce) -> "SignInTerms":
        """The terms as in force. Raises PolicyError naming the file that is wrong."""
        try:
            found = _SignIn.model_validate(in_force.value("access.sign_in"))
        except ValidationError as error:
            raise PolicyError(f"{in_force.policy.origin['access.sign_in']}: {error}") from error
        months = in_force.value("access.audit")
        if not isinstance(months, int) or months < AUDIT_LEAST_MONTHS:
            where = in_force.policy.origin["access.audit"]
            raise PolicyError(f"{where}: {months!r} months; the law asks for {AUDIT_LEAST_MONTHS} or more")
        return cls(
            found.failures,
            timedelta(minutes=found.locked_minutes),
            timedelta(minutes=found.idle_minutes),
            timedelta(hours=found.session_hours),
            found.password_length,
            timedelta(hours=found.one_time_hours),
            timedelta(days=found.wall_days),
            months,
        )

    @classmethod
    def today(cls) -> "SignInTerms":
        """The built-in terms of today (UTC)."""
        return cls.from_policy(Policy.load().at(datetime.now(UTC).date()))
