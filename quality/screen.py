"""Which rules a snapshot may break, asked in one plain query a table: only those are then asked in full.

A rule may be suspected without reason, never overlooked (tests). What a broken rule means and which rows break it: run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quality.rule import Rule
from warehouse.dialect import literal

# The first row of a query, or None when the engine refuses it.
Ask = Callable[[str], tuple[Any, ...] | None]


def suspected(ask: Ask, suites: Mapping[str, Sequence[Rule]]) -> dict[str, list[Rule]]:
    """Return the rules of each table that may be broken, or cannot be asked like this; tables without are left out."""
    found = {name: _of_table(ask, name, rules) for name, rules in suites.items()}
    return {name: rules for name, rules in found.items() if rules}


def _of_table(ask: Ask, name: str, rules: Sequence[Rule]) -> list[Rule]:
    tests = {rule.rule_id: test for rule in rules if (test := _test(rule)) is not None}
    answer = ask(f"select {', '.join(tests.values())} from {name}") if tests else ()
    if answer is None:
        return list(rules)  # one of them cannot be made, and which one is said by whoever asks them one by one
    # An empty table gives no opinion; a written rule is asked all the same.
    calm = {rule_id for rule_id, is_broken in zip(tests, answer, strict=True) if not is_broken}
    return [rule for rule in rules if rule.rule_id not in calm]


def _test(rule: Rule) -> str | None:
    """Return an aggregate that is true when the rule may be broken; None for a rule that only the library can ask."""
    told = rule.arguments
    match rule.expectation:
        case "ExpectColumnValuesToNotBeNull":
            return f'bool_or("{told["column"]}" is null)'
        case "ExpectColumnValuesToBeInSet":
            values = ", ".join(str(v) if isinstance(v, int) else literal(v) for v in told["value_set"])
            return f'bool_or("{told["column"]}" not in ({values}))'
        case "ExpectColumnValuesToBeUnique":
            return _repeats([told["column"]])
        case "ExpectCompoundColumnsToBeUnique":
            return _repeats(told["column_list"])
        case "UnexpectedRowsExpectation":
            return f"exists ({told['unexpected_rows_query']})"
    return None


def _repeats(columns: Sequence[str]) -> str:
    """Two keys may share a hash, so that this may suspect wrongly; one key has one hash, so that it overlooks none."""
    key = ", ".join(f'"{column}"' for column in columns)
    return f"count(*) <> count(distinct hash({key}))"
