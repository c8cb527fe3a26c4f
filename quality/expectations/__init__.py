"""Cross-row and statistical rules of the snapshot, in `<stage>.yaml` here; every row that a SQL returns is a failure.

What one table promises by itself stands in its contract, cross-table promises of the working database in reconcile.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from quality.rule import Rule


class ExpectationError(ValueError):
    """A file of expectations that cannot be used; the message says which rule and why."""


class _Written(BaseModel):
    """One rule as its file says it: `limits` are the only numbers, named in the SQL as `$name`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str
    zh: str
    why: str
    severity: Literal["blocking", "warning"]
    limits: dict[str, int | float] = {}
    sql: str


@cache
def rules() -> tuple[Rule, ...]:
    """Return every written rule, by stage and in the order of its file.

    Raises:
        ExpectationError: a rule is incomplete, names a limit that it does not give, or does not read its table.
    """
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for rule_id, spec in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found.append(_rule(path.stem, rule_id, spec))
    return tuple(found)


def _rule(stage: str, rule_id: str, spec: dict[str, Any]) -> Rule:
    where = f"expectations/{stage}.yaml: {rule_id}"
    try:
        written = _Written(**spec)
    except ValidationError as error:
        raise ExpectationError(f"{where}: {error}") from error
    if written.table.split(".")[0] != stage:
        raise ExpectationError(f"{where}: table {written.table} belongs in {written.table.split('.')[0]}.yaml")
    if written.table not in written.sql:
        raise ExpectationError(f"{where}: its SQL does not read {written.table}")
    if wrong := set(re.findall(r"\$([a-z_]+)", written.sql)) ^ set(written.limits):
        raise ExpectationError(f"{where}: limits and `$names` of the SQL differ: {sorted(wrong)}")
    sql = re.sub(r"\$([a-z_]+)", lambda m: str(written.limits[m[1]]), written.sql)
    name = re.sub(r"\$([a-z_]+)", lambda m: f"{written.limits[m[1]]:,}", written.zh)
    query = {"unexpected_rows_query": sql}
    return Rule(written.table, rule_id, name, written.why, "UnexpectedRowsExpectation", query, written.severity)
