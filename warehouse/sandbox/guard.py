"""May this statement be run? One SELECT, and every part of its parsed tree is on the list in `allowed.yaml`.

Reads the tree of the engine's own parser, so both see the same statement. Nothing is bound or run here.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.sandbox.refusal import SandboxError, engine_refusal, place

LONGEST = 20_000  # characters of a statement
_CALLABLE = ("operators", "aggregates", "windows", "conditions", "numbers", "texts", "times", "lists", "structures")
Tree = dict[str, Any]


@cache
def allowed() -> dict[str, frozenset[str]]:
    """The reviewed lists by name; `functions` are those that may stand in an expression."""
    text = (Path(__file__).parent / "allowed.yaml").read_text()
    lists = {name: frozenset(words.split()) for name, words in yaml.safe_load(text).items()}
    return lists | {"functions": frozenset().union(*(lists[name] for name in _CALLABLE))}


def check(parser: duckdb.DuckDBPyConnection, sql: str, readable: Collection[str]) -> list[str]:
    """Return the names of the parameters of a statement that may be run; `readable` holds `schema.table` in lower case.

    `parser`: a connection with `errors_as_json`; it parses only.

    Raises:
        SandboxError: the statement is refused; the reason names the part and its place.
    """
    statement = _parsed(parser, sql)
    parameters: dict[str, None] = {}
    stack: list[tuple[Any, frozenset[str]]] = [(statement["node"], frozenset())]
    while stack:
        part, named = stack.pop()
        if isinstance(part, list):
            stack += [(one, named) for one in part]
        elif isinstance(part, dict):
            _look(sql, part, named, readable)
            if part.get("class") == "PARAMETER":
                parameters[str(part["identifier"])] = None
            stack += _within(part, named)
    return sorted(parameters)


def _parsed(parser: duckdb.DuckDBPyConnection, sql: str) -> Tree:
    if len(sql) > LONGEST:
        raise SandboxError(f"语句太长：{len(sql):,} 个字符，最多 {LONGEST:,} 个")
    if "\0" in sql:
        raise SandboxError("语句里有不可见的零字符", sql.index("\0"))
    try:
        sql.encode()
        kinds = [s.type for s in parser.extract_statements(sql)]
        found = parser.execute("select json_serialize_sql(?)", [sql]).fetchall()[0][0]
        tree = json.loads(found)
    except UnicodeEncodeError as error:
        raise SandboxError("语句里有不成对的字符编码", error.start) from None
    except duckdb.Error as error:
        raise engine_refusal(sql, str(error)) from None
    except RecursionError:
        raise SandboxError("嵌套太深") from None
    if len(kinds) != 1:
        raise SandboxError("请只写一条 SELECT" if kinds else "语句是空的")
    if kinds != [duckdb.StatementType.SELECT] or tree["error"]:
        if tree.get("error_type") == "not implemented" or not tree["error"]:
            raise SandboxError("只能用 SELECT 查询（透视请写 FROM 表 PIVOT (…)，看执行计划请用“执行计划”）")
        raise engine_refusal(sql, found)
    return dict(tree["statements"][0])


def _within(part: Tree, named: frozenset[str]) -> list[tuple[Any, frozenset[str]]]:
    """The parts of a part, each with the names that WITH gives it: a CTE sees those before it, and no later one."""
    inner, found = named, []
    for entry in part["cte_map"]["map"] if isinstance(part.get("cte_map"), dict) else ():
        found.append((entry["value"], inner))
        inner |= {entry["key"].lower()}
    for key, value in part.items():
        if key == "cte_map" or not isinstance(value, dict | list):
            continue
        is_own = part.get("type") == "RECURSIVE_CTE_NODE" and key == "right"
        found.append((value, inner | {part["cte_name"].lower()} if is_own else inner))
    return found


def _look(sql: str, part: Tree, named: frozenset[str], readable: Collection[str]) -> None:
    at = place(sql, part.get("query_location"))
    kind, expression = part.get("type"), part.get("class")
    if isinstance(expression, str):
        _look_at_expression(part, expression, at)
    elif kind == "UNBOUND_TYPE_INFO":
        _look_at_type(part, at)
    elif isinstance(kind, str) and kind not in allowed()["nodes"] and not kind.endswith("_TYPE_INFO"):
        raise SandboxError(f"不能使用 {kind}", at)
    elif kind == "BASE_TABLE":
        _look_at_table(part, at, named, readable)
    elif kind == "TABLE_FUNCTION" and part["function"]["function_name"].lower() not in allowed()["table_functions"]:
        raise SandboxError(f"不能在 FROM 里使用函数 {part['function']['function_name']}", at)
    elif kind == "SHOW_REF" and not (part["query"] and part["show_type"] in allowed()["described"]):
        raise SandboxError("只能 DESCRIBE 或 SUMMARIZE 一张表或一个查询", at)
    elif kind == "PIVOT" and any(pivot.get("pivot_enum") for pivot in part.get("pivots", ())):
        raise SandboxError("PIVOT 的取值请逐个写出", at)


def _look_at_expression(part: Tree, kind: str, at: int | None) -> None:
    if kind not in allowed()["expressions"]:
        raise SandboxError(f"不能使用 {kind}", at)
    if "function_name" not in part:
        return
    name, schema = part["function_name"].lower(), part.get("schema", "").lower()
    if schema not in ("", "main") or part.get("catalog", "").lower() not in ("", "system"):
        raise SandboxError(f"函数请写成 {name}(…)，不要加前缀 {schema}", at)
    if name not in allowed()["functions"]:
        raise SandboxError(f"没有或不能使用函数 {name}", at)


def _look_at_type(part: Tree, at: int | None) -> None:
    if part["name"].lower() not in allowed()["types"] or part.get("catalog") or part.get("schema"):
        raise SandboxError(f"没有或不能使用类型 {part['name']}", at)


def _look_at_table(part: Tree, at: int | None, named: frozenset[str], readable: Collection[str]) -> None:
    schema, table = part["schema_name"].lower(), part["table_name"].lower()
    if part["at_clause"]:
        raise SandboxError("不能使用 AT", at)
    if not schema and not part["catalog_name"] and table in named:
        return
    if part["catalog_name"] or f"{schema}.{table}" not in readable:
        shown = ".".join(word for word in (part["catalog_name"], part["schema_name"], part["table_name"]) if word)
        hint = "" if schema else "；表名要写阶段，如 mart.entity_card"
        raise SandboxError(f"没有可读的表 {shown[:120]}{hint}", at)
