"""What a check is and what came of it.

Which checks there are: suites and expectations; asking them: run; keeping the answers: record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["blocking", "warning"]
State = Literal["passed", "failed", "error"]


@dataclass(frozen=True)
class Rule:
    """One check of one table of a snapshot: a Great Expectations expectation with its arguments.

    `name` and `why` are Chinese, for whoever reads the result; `personal` keeps values out of every message.
    """

    table: str
    rule_id: str
    name: str
    why: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Severity = "blocking"
    shown: tuple[str, ...] = field(default=())
    is_personal: bool = False

    @property
    def stage(self) -> str:
        """The stage of the table."""
        return self.table.split(".")[0]


@dataclass(frozen=True)
class Result:
    """What came of a rule: `error` means that the check itself could not be made, which says nothing of the data."""

    rule: Rule
    state: State
    unexpected_count: int | None = None
    element_count: int | None = None
    detail: str | None = None

    @property
    def is_blocking(self) -> bool:
        """Whether the snapshot must not be published: a blocking rule is broken, or something could not be checked."""
        return self.state == "error" or (self.state == "failed" and self.rule.severity == "blocking")

    def told(self) -> str:
        """Return one line: table, rule, rows, and a sample of them or the error."""
        rule = f"{self.rule.table} {self.rule.rule_id} ({self.rule.name})"
        if self.state == "error":
            return f"{rule} could not be checked: {self.detail}"
        if self.unexpected_count is None:
            return f"{rule}: {self.detail}"
        rows = f"{self.unexpected_count:,} rows" + (f" of {self.element_count:,}" if self.element_count else "")
        return f"{rule}: {rows}" + (f", e.g. {self.detail}" if self.detail else "")
