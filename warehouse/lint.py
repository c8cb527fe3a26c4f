"""`python -m warehouse.lint`: SQL files and metrics against the house style; prints what breaks it and exits 1.

The rules themselves stand in `dialect.lint`; the order of stages in `catalog`.
"""

from __future__ import annotations

import sys

from warehouse import catalog, dialect, metrics


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
    for metric in metrics.metrics():
        found += dialect.lint(dialect.parse(metric.sql, metric.metric_id), metric.metric_id)
    return found


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
