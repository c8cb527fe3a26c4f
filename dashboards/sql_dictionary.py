"""What the editor knows: the tables that a viewer reads with the Chinese meaning of each column, and the functions.

Not here: what is readable (`warehouse.scope`) and how it is offered while typing (scripts/editor).
"""

from typing import Any

from dashboards.door import Door
from warehouse import scope
from warehouse.sandbox.guard import allowed

_SHOWN = ("aggregates", "windows", "conditions", "numbers", "texts", "times", "lists", "structures")

EXAMPLE = """-- 各区县、各信用等级的户数（Ctrl+Enter 运行）
select district_name as 区县, credit_grade as 信用等级, count(*) as 户数
from mart.entity_card
where status = 'active'
group by all
order by 1, 2
"""


def dictionary(door: Door) -> dict[str, Any]:
    """Tables as {name, zh, columns: [[name, type, meaning, is masked]]}, by name; functions; an example."""
    readable = scope.readable(door.viewer)
    tables: dict[str, dict[str, Any]] = {}
    rows = door.frame(
        "select stage || '.' || table_name as name, table_zh, column_name, type, zh from contract.column order by 1"
    )
    for name, table_zh, column, kind, zh in rows.iter_rows():
        if name in readable and column in readable[name].columns:
            table = tables.setdefault(name, {"name": name, "zh": table_zh, "columns": []})
            table["columns"].append([column, kind, zh, column in readable[name].masked])
    functions = sorted(set().union(*(allowed()[group] for group in _SHOWN)))
    return {"tables": list(tables.values()), "functions": functions, "example": EXAMPLE}
