"""Metrics, each defined once in `<area>.yaml` here: name, 口径, SQL, unit, direction, owner.

Pages, exports and reports read `mart.metric_value`; none of them computes a metric.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from warehouse import dialect
from warehouse.catalog import SqlTable
from warehouse.dialect import literal

_FIELDS = ("metric_value", "numerator", "denominator", "compare_value", "row_count", "data_through")


class MetricError(ValueError):
    """A metric file that cannot be used."""


@dataclass(frozen=True)
class Metric:
    """One metric; its SQL gives one row with the columns of `_FIELDS`.

    Metrics of cases also say where their rows come from and what happens to withdrawn, duplicate and re-opened cases.
    """

    metric_id: str
    area: str
    name: str
    definition: str
    unit: str
    direction: str
    owner: str
    compare: str | None
    sql: str
    source: str | None
    treatment: str | None


@cache
def metrics() -> tuple[Metric, ...]:
    """Return every metric, by area and in the order of its file."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for name, spec in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
            metric = Metric(
                f"{path.stem}.{name}",
                path.stem,
                spec["name"],
                " ".join(spec["definition"].split()),
                spec["unit"],
                spec["direction"],
                spec["owner"],
                spec.get("compare"),
                spec["sql"].strip(),
                spec.get("source"),
                spec.get("treatment"),
            )
            columns = dialect.columns(metric.sql, f"metrics/{path.name}: {name}")
            if columns != list(_FIELDS):
                raise MetricError(f"metrics/{path.name}: {name}: columns are {columns}, they must be {list(_FIELDS)}")
            found.append(metric)
    return tuple(found)


def reads() -> set[str]:
    """Return the tables that the metrics read."""
    return {t for m in metrics() for t in dialect.tables_read(dialect.parse(m.sql, m.metric_id))} | {"run.info"}


def table() -> SqlTable:
    """Return `mart.metric_value` as a table like any other."""
    path = Path(__file__)
    return SqlTable("mart", "metric_value", path, select(), "one metric", frozenset(reads()))


def select(chosen: Iterable[Metric] | None = None) -> str:
    """Return the SELECT of `mart.metric_value`, of every metric or of those chosen."""
    return " union all ".join(
        f"""select {literal(m.metric_id)} as metric_id, {literal(m.area)} as area, {literal(m.name)} as metric_name,
        {literal(m.definition)} as metric_definition, {literal(m.unit)} as unit_zh, {literal(m.direction)} as direction,
        {literal(m.owner)} as owner, {literal(m.sql)} as sql_text,
        nullif({literal(m.source or "")}, '') as metric_source,
        nullif({literal(m.treatment or "")}, '') as metric_treatment,
        cast(v.metric_value as double) as metric_value,
        cast(v.numerator as double) as numerator, cast(v.denominator as double) as denominator,
        cast(v.compare_value as double) as compare_value, nullif({literal(m.compare or "")}, '') as compare_label,
        cast(coalesce(v.row_count, 0) as bigint) as row_count, cast(v.data_through as date) as data_through, r.as_of
        from ({m.sql}) as v cross join run.info as r"""
        for m in (metrics() if chosen is None else chosen)
    )
