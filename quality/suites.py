"""The suite of every table of a snapshot: what its contract promises, and the expectations written for it.

Contracts say what a table promises (warehouse/contracts); nothing of it is written here a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quality import expectations
from quality.rule import Rule
from warehouse.catalog import Column, Table
from warehouse.dialect import literal

_KEPT_WHY = "数据契约"
KEY_CHECKED_BEFORE = frozenset({"fact", "indicator", "grade"})


def suites(promised: Mapping[str, Table]) -> dict[str, list[Rule]]:
    """Return the rules of each promised table, by `stage.table` of the snapshot."""
    written = expectations.rules()
    return {
        name: [*_of_contract(name, table), *(rule for rule in written if rule.table == name)]
        for name, table in promised.items()
    }


def _of_contract(name: str, table: Table) -> Iterator[Rule]:
    key = tuple(c for c in table.key if table.has(c))
    yield _columns(name, table)
    for column in table.columns:
        shown, hidden = key, column.sensitivity == "personal"
        if column.required:
            yield Rule(
                name, f"missing:{column.name}", f"{column.zh}不得为空", _KEPT_WHY, "ExpectColumnValuesToNotBeNull",
                {"column": column.name}, shown=shown, is_personal=hidden,
            )  # fmt: skip
        # A fact's closed sets are ENUMs: no other value can be in them, and `columns` holds the type to the contract.
        if column.allowed and table.stage != "fact":
            words = "、".join(column.allowed)
            yield Rule(
                name, f"not_allowed:{column.name}", f"{column.zh}只能取 {words}", _KEPT_WHY,
                "ExpectColumnValuesToBeInSet", {"column": column.name, "value_set": _values(column)},
                shown=shown, is_personal=hidden,
            )  # fmt: skip
    # Of many millions of rows: indicators and grades were asked for their key when they were built (quality/contract);
    # a fact has the rows of its raw table, which were asked, joined by codes and links, which were asked.
    if table.stage not in KEY_CHECKED_BEFORE:
        zh = "、".join(table.column(c).zh for c in key)
        unique: tuple[str, dict[str, object]] = (
            ("ExpectCompoundColumnsToBeUnique", {"column_list": list(key)})
            if len(key) > 1
            else ("ExpectColumnValuesToBeUnique", {"column": key[0]})
        )
        yield Rule(name, f"repeated:{'+'.join(key)}", f"{zh}不得重复", _KEPT_WHY, *unique, shown=key)


def _columns(name: str, table: Table) -> Rule:
    """Every promised column is there, with its type, and no other."""
    stage, plain = name.split(".")
    promised = ", ".join(f"('{c.name}', {literal(_type(table, c))})" for c in table.columns)
    coded = ", ".join(literal(c.name) for c in table.columns if c.is_coded or c.name == "feed_id") or "''"
    sql = f"""
        select coalesce(p.column_name, f.column_name) as column_name, p.type as promised, f.data_type as found
        from (values {promised}) as p(column_name, type)
        full join (
            select column_name,
                   case when column_name in ({coded}) and data_type like 'ENUM(%' then 'VARCHAR'
                        else data_type end as data_type
            from information_schema.columns
            where table_schema = '{stage}' and table_name = '{plain}'
        ) as f on f.column_name = p.column_name
        where f.data_type is distinct from p.type
        order by column_name
    """
    return Rule(
        name, "columns", "列与类型同契约一致", _KEPT_WHY, "UnexpectedRowsExpectation", {"unexpected_rows_query": sql}
    )


def _type(table: Table, column: Column) -> str:
    if table.stage == "fact" and column.stored_type != column.type:
        return column.stored_type
    return column.type.upper().replace(" ", "")


def _values(column: Column) -> list[object]:
    return (
        [int(v) for v in column.allowed]
        if column.type.upper().endswith("INT") or column.type == "INTEGER"
        else [*column.allowed]
    )
