"""Reading our own SQL: which tables a statement reads, and what the house style forbids.

No execution here; the only module that imports sqlglot.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlglot
from sqlglot import exp

_SUGAR = {"quantile", "quantilecont", "median", "approxdistinct", "approxquantile", "mode"}
_FORBIDDEN_FUNCTIONS = {
    "hash",
    "quantile_cont",
    "quantile_disc",
    "median",
    "random",
    "now",
    "current_date",
    "today",
    "uuid",
}


class SqlError(ValueError):
    """A SQL file that cannot be read or breaks the house style."""


def parse(sql: str, where: str) -> exp.Query:
    """Parse one SELECT statement of the DuckDB dialect; `where` names it in errors."""
    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except sqlglot.errors.SqlglotError as error:
        raise SqlError(f"{where}: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise SqlError(f"{where}: expected exactly one SELECT statement")
    return statements[0]


def tables_read(tree: exp.Query) -> set[str]:
    """Return `schema.table` names that a statement reads (names of its own CTEs carry no schema)."""
    return {f"{t.db}.{t.name}" for t in tree.find_all(exp.Table) if t.db}


def columns_used(tree: exp.Query) -> set[str]:
    """Return the names of every column that a statement mentions, of whatever table."""
    return {column.name for column in tree.find_all(exp.Column)}


def whole_rows_of(tree: exp.Query) -> set[str]:
    """Return the `schema.table` names that a SELECT with a `*` reads: it may take any column of them."""
    return {
        f"{table.db}.{table.name}"
        for select in tree.find_all(exp.Select)
        if select.is_star
        for table in select.find_all(exp.Table)
        if table.db and table.find_ancestor(exp.Select) is select
    }


def lint(tree: exp.Query, where: str) -> list[str]:
    """Return what breaks the rules that keep SQL reproducible and portable (architecture, engine seam)."""
    found: list[str] = []
    for node in tree.walk():
        name = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__.lower()
        if name in _FORBIDDEN_FUNCTIONS or name in _SUGAR:
            found.append(f"{where}: {name}() is not reproducible or not portable")
        if isinstance(node, exp.CurrentDate | exp.CurrentTimestamp | exp.Rand):
            found.append(f"{where}: {name} reads the clock or chance; use run.info")
        if isinstance(node, exp.Select) and node.args.get("limit") and not node.args.get("order"):
            found.append(f"{where}: LIMIT without ORDER BY")
        if isinstance(node, exp.Div):
            sides = [side for side in (node.this, node.expression) if isinstance(side, exp.Literal)]
            if any(not side.is_string and "." in side.name for side in sides):
                found.append(f"{where}: float literal in a division; cast(... as double) instead")
        if isinstance(node, exp.Sum | exp.Avg) and _is_inexact(node.this):
            found.append(f"{where}: a sum of doubles depends on the order of rows; add whole numbers, then divide")
    return found


def _is_inexact(summed: exp.Expression) -> bool:
    return any(
        isinstance(part, exp.Div | exp.Ln | exp.Sqrt | exp.Exp)
        or (isinstance(part, exp.Cast) and part.is_type("double"))
        for part in summed.walk()
    )


def row_mapping(sql: str, where: str) -> tuple[str, list[str]]:
    """Check that a feed's SQL maps rows one to one and return its body (from `select` on) and its column names.

    Raises:
        SqlError: it is not one plain SELECT … FROM delivered, or it could drop, merge or multiply rows.
    """
    tree = parse(sql, where)
    sources = [t.name for t in tree.find_all(exp.Table)]
    limits = ("where", "group", "having", "qualify", "distinct", "limit", "offset", "joins", "order", "laterals")
    if not isinstance(tree, exp.Select) or sources != ["delivered"]:
        raise SqlError(f"{where}: write one SELECT … FROM delivered, nothing else")
    if used := [name for name in limits if tree.args.get(name)]:
        raise SqlError(
            f"{where}: {', '.join(used)} would lose or multiply delivered rows; a feed's SQL only maps columns"
        )
    body = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--")).strip().rstrip(";")
    return body, list(tree.named_selects)


def columns_behind(sql: str, where: str) -> dict[str, list[str]]:
    """Return for each column of a SELECT the columns of its source that it is made from, in order of name."""
    tree = parse(sql, where)
    return {item.alias_or_name: sorted({column.name for column in item.find_all(exp.Column)}) for item in tree.selects}


def literal(value: str) -> str:
    """Return a text as a SQL literal; for names and paths of our own, since values from outside are bound."""
    return "'" + value.replace("'", "''") + "'"


def enum(members: Iterable[str]) -> str:
    """Return the ENUM of some texts; sorted, so that codes order as the texts do."""
    return "ENUM(" + ", ".join(map(literal, sorted(members))) + ")"


def columns(sql: str, where: str) -> list[str]:
    """Return the column names of a SELECT, in order."""
    return list(parse(sql, where).named_selects)
