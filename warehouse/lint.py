"""`python -m warehouse.lint`: SQL files and metrics against the house style; prints what breaks it and exits 1.

The rules themselves stand in `dialect.lint`; the order of stages in `catalog`.
"""

from __future__ import annotations

import sys

from warehouse import catalog, dialect, metrics

# Who came and who sent them; nothing that makes a grade may see it but the nuisance estimate, which keeps it to itself.
_WHO = {
    "inspector_id",
    "inspector_ids",
    "department_id",
    "department_ids",
    "lead_department_id",
    "certificate_no",
}
_PEOPLE = {"entity.inspector", "entity.department"}
_NUISANCE = {"known.inspection_scale"}
_BEYOND = {"raw", "fact", "outcome"}


def findings() -> list[str]:
    """Return everything our SQL does that it should not."""
    found = []
    for table in catalog.sql_tables().values():
        where = f"sql/{table.stage}/{table.name}.sql"
        found += dialect.lint(dialect.parse(table.sql, where), where)
        found += [
            f"{where}: reads {name}, which lies to its right"
            for name in sorted(table.reads)
            if _is_right_of(name, table.stage)
        ]
    found += leaks()
    for metric in metrics.metrics():
        found += dialect.lint(dialect.parse(metric.sql, metric.metric_id), metric.metric_id)
    return found


def leaks() -> list[str]:
    """Return where a grade would come to read who inspected, which department did, or what was not known by the day.

    Every table that grades rest on is looked at, down to the facts as they were known.
    """
    tables = catalog.sql_tables()
    waiting, rest_on = {name for name in tables if name.startswith(("indicator.", "grade."))}, set()
    while waiting:
        name = waiting.pop()
        rest_on.add(name)
        waiting |= {read for read in tables[name].reads if read in tables and read.startswith("known.")} - rest_on
    found = []
    for name in sorted(rest_on - _NUISANCE):
        tree = dialect.parse(tables[name].sql, name)
        found += [f"{name}: {column} must not make a grade" for column in dialect.columns_used(tree) & _WHO]
        found += [
            f"{name}: `*` of {read} takes {', '.join(sorted(hidden))} unseen; name the columns that it needs"
            for read in sorted(dialect.whole_rows_of(tree))
            if (hidden := _WHO & _columns_of(read))
        ]
        found += [
            f"{name}: reads {read}, where later rows stand; read known.*"
            for read in sorted(tables[name].reads)
            if read.partition(".")[0] in _BEYOND or read in _PEOPLE
        ]
    return found


def _columns_of(qualified: str) -> set[str]:
    stage, _, name = qualified.partition(".")
    contracts = catalog.contracts("fact") | catalog.contracts("known") if stage == "known" else catalog.contracts(stage)
    return {column.name for column in contracts[name].columns} if name in contracts else set()


def _is_right_of(qualified: str, stage: str) -> bool:
    source = qualified.split(".", maxsplit=1)[0]
    if source in catalog.PARAMETERS:
        return False
    return source not in catalog.STAGES or catalog.STAGES.index(source) > catalog.STAGES.index(stage)


if __name__ == "__main__":
    problems = findings()
    print(
        "\n".join(problems)
        or f"{len(catalog.sql_tables())} SQL files and {len(metrics.metrics())} metrics keep the house style"
    )
    sys.exit(bool(problems))
