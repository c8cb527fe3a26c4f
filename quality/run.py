"""The checks of a candidate snapshot, made read-only by Great Expectations before anybody can see it.

Which checks: suites; which of them have to be asked in full: screen. What follows from a result is decided in
pipelines; keeping results: record.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from quality import screen
from quality.rule import Result, Rule
from quality.suites import suites
from warehouse.catalog import Table
from warehouse.serving import looking

_SAMPLE = 3
_LONGEST = 300


def validate(candidate: Path, promised: Mapping[str, Table]) -> list[Result]:
    """Hold every promised table of a snapshot file against its suite; the file is opened read-only.

    One query a table finds the rules that may be broken; the library, whose import alone costs seconds, is asked these.
    """
    asked = suites(promised)
    with looking(candidate) as ask:
        counted = {name: ask(f"select count(*) from {name}") for name in asked}
        rows = {name: int(row[0]) for name, row in counted.items() if row is not None}
        doubtful = screen.suspected(ask, {name: rules for name, rules in asked.items() if name in rows})
    answers = _asked(candidate, doubtful) if doubtful else {}
    found: list[Result] = []
    for name, rules in asked.items():
        if name in rows:
            of_table = [answers.get((name, rule.rule_id), Result(rule, "passed", 0)) for rule in rules]
            found += [replace(result, element_count=rows[name]) for result in of_table]
        else:
            found.append(Result(rules[0], "failed", detail=f"the snapshot has no table {name}"))
    return found


def _asked(candidate: Path, doubtful: Mapping[str, Sequence[Rule]]) -> dict[tuple[str, str], Result]:
    """Ask the library the doubtful rules, plainly first, and for counts and samples what breaks one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library says of its own parts
        gx = _great_expectations()
        source = _opened(gx, candidate)
        try:
            return {
                (name, result.rule.rule_id): result
                for name, rules in doubtful.items()
                for result in _of_table(gx, _batch(source, name), rules)
            }
        finally:
            _close(source)


def _opened(gx: Any, candidate: Path) -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context.data_sources.add_sql(
        "candidate",
        connection_string=f"duckdb:///{candidate}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True}},
    )


def _batch(source: Any, name: str) -> Any:
    stage, plain = name.split(".")
    asset = source.add_table_asset(name, table_name=plain, schema_name=stage)
    return asset.add_batch_definition_whole_table("all").get_batch()


def _close(source: Any) -> None:
    """Close every connection to the file, the kept one too: the refresh attaches it again, to write the results."""
    execution = source.get_execution_engine()
    with execution.get_connection() as connection:
        connection.close()
    for engine in (execution.engine, source.get_engine()):
        engine.dispose()


def _great_expectations() -> Any:
    """Import the library (seconds of CPU, so only here), and let it keep its one connection to DuckDB.

    Without that it closes the connection before it has fetched: every check then fails with an exception.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx
    from great_expectations.execution_engine import sqlalchemy_execution_engine

    driver: Any = sqlalchemy_execution_engine
    if not any(getattr(d, "value", d) == "duckdb" for d in driver._PERSISTED_CONNECTION_DIALECTS):
        dialect = type("Dialect", (str,), {"value": "duckdb"})("duckdb")
        driver._PERSISTED_CONNECTION_DIALECTS = (*driver._PERSISTED_CONNECTION_DIALECTS, dialect)
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


def _of_table(gx: Any, batch: Any, rules: Sequence[Rule]) -> Iterator[Result]:
    first = _ask(gx, batch, rules, "BOOLEAN_ONLY")
    broken = [rule for rule in rules if not first[rule.rule_id].success and not _exception(first[rule.rule_id])]
    counted: dict[str, Any] = {}
    for rule in broken:
        # Rows of a written rule come only with COMPLETE; it fetches few. Of a column it would fetch all.
        is_query = rule.expectation == "UnexpectedRowsExpectation"
        form = {
            "result_format": "COMPLETE" if is_query else "SUMMARY",
            "partial_unexpected_count": _SAMPLE,
            **({} if is_query or not rule.shown else {"unexpected_index_column_names": list(rule.shown)}),
        }
        counted |= _ask(gx, batch, [rule], form)
    for rule in rules:
        yield _result(rule, counted.get(rule.rule_id, first[rule.rule_id]))


def _ask(gx: Any, batch: Any, rules: Sequence[Rule], form: Any) -> dict[str, Any]:
    """Return the library's answer to each rule, by its id."""
    import great_expectations.expectations as gxe

    suite = gx.ExpectationSuite(name=rules[0].table)
    for rule in rules:
        suite.add_expectation(getattr(gxe, rule.expectation)(meta={"rule": rule.rule_id}, **_arguments(rule)))
    answers = batch.validate(suite, result_format=form).results
    return {answer.expectation_config.meta["rule"]: answer for answer in answers}


def _arguments(rule: Rule) -> Mapping[str, Any]:
    """Return the arguments as the library wants them: braces of a query are its own, so ours are doubled.

    Our queries name their tables; the library prints a complaint unless its own name for the table occurs as well.
    """
    query = rule.arguments.get("unexpected_rows_query")
    if query is None:
        return rule.arguments
    return {"unexpected_rows_query": query.replace("{", "{{").replace("}", "}}").rstrip() + " /* {batch} */"}


def _result(rule: Rule, answer: Any) -> Result:
    if error := _exception(answer):
        return Result(rule, "error", detail=error)
    if answer.success:
        return Result(rule, "passed", 0)
    result = answer.result
    count = result.get("unexpected_count", result.get("observed_value"))
    if rule.is_personal:
        return Result(rule, "failed", count)
    rows = result.get("details", {}).get("unexpected_rows") or result.get("partial_unexpected_index_list")
    shown = [_row(row) for row in (rows or result.get("partial_unexpected_list") or [])[:_SAMPLE]]
    return Result(rule, "failed", count, detail="; ".join(shown)[:_LONGEST] or None)


def _row(row: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items()) if isinstance(row, Mapping) else str(row)


def _exception(answer: Any) -> str | None:
    """Return what went wrong inside a check, which its `success` alone would pass off as bad data."""
    told = answer.exception_info or {}
    parts = [told] if "raised_exception" in told else list(told.values())
    raised = [part["exception_message"] for part in parts if part.get("raised_exception")]
    return str(raised[0])[:_LONGEST] if raised else None
