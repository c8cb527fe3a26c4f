"""The suites of a candidate snapshot as asset checks of `published/snapshot`, and the message of a blocked one.

What is checked stands in quality/suites, when in publish.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.resources import Run
from quality import expectations, record
from quality.rule import Result
from quality.run import validate
from warehouse.serving import promised

_SHOWN = 12


def specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """One check a table for its contract, and one for every written rule."""
    of_tables = [
        dg.AssetCheckSpec(_of_contract(name), asset=asset, description=f"契约：{table.zh}")
        for name, table in promised().items()
    ]
    written = [
        dg.AssetCheckSpec(_of_rule(rule.table, rule.rule_id), asset=asset, description=rule.name)
        for rule in expectations.rules()
    ]
    return [*of_tables, *written]


def examine(run: Run, candidate: Path) -> record.Checked:
    """Hold a candidate against the suites and keep what came of it, whether it may be published or not."""
    results = validate(candidate, promised())
    checked = record.Checked(run.run_id, run.as_of, datetime.now(UTC).replace(tzinfo=None, microsecond=0), results)
    record.append(run.home.quality, checked)
    return checked


def results(checked: record.Checked, asset: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
    """Return one Dagster result for each spec; a check that could not be made names its error."""
    written = {(rule.table, rule.rule_id) for rule in expectations.rules()}
    groups: dict[str, list[Result]] = {}
    for result in checked.results:
        rule = result.rule
        is_written = (rule.table, rule.rule_id) in written
        name = _of_rule(rule.table, rule.rule_id) if is_written else _of_contract(rule.table)
        groups.setdefault(name, []).append(result)
    for name, group in groups.items():
        broken = [result for result in group if result.state != "passed"]
        blocks = any(result.is_blocking for result in broken)
        yield dg.AssetCheckResult(
            passed=not broken,
            check_name=name,
            asset_key=asset,
            severity=dg.AssetCheckSeverity.ERROR if blocks or not broken else dg.AssetCheckSeverity.WARN,
            metadata={"checks": len(group), **{result.rule.rule_id: result.told() for result in broken}},
        )


def refusal(blocking: Sequence[Result]) -> str:
    """Return why a candidate is not published: table, rule, rows and a sample of each."""
    lines = [result.told() for result in blocking[:_SHOWN]]
    if len(blocking) > _SHOWN:
        lines.append(f"and {len(blocking) - _SHOWN} more")
    return "the candidate breaks its checks and is not published; what was published stays:\n" + "\n".join(lines)


def _of_contract(table: str) -> str:
    return f"contract__{table.replace('.', '__')}"


def _of_rule(table: str, rule_id: str) -> str:
    return f"rule__{table.split('.', maxsplit=1)[0]}__{rule_id}"
