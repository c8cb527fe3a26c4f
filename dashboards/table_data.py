"""What a table behind a panel or a number is: columns, statement, what it reads, age of its sources, its first rows.

Everything as the viewer reads it; the list of all columns is 数据字典 (`quality_data`).
"""

import json
from typing import Any

import polars as pl

from dashboards.door import Door
from warehouse import catalog, serving
from warehouse.scope import readable

Row = dict[str, Any]
SHOWN = 20


def table(door: Door, name: str) -> Row | None:
    """A table by its name; None where there is none of that name, or the viewer does not read it."""
    relation = readable(door.viewer).get(name)
    if relation is None:
        return None
    contract = serving.promised().get(name)
    # The file is read as it is: parsing every statement, as a refresh does, takes longer than a reader waits.
    path = catalog.ROOT / "sql" / f"{name.replace('.', '/')}.sql"
    edges = _edges(door)
    plain = [(column, "", column, "") for column in relation.columns]
    return {
        "table_name": name,
        "table_zh": contract.zh if contract else "规则表",
        "columns": [(c.zh, c.unit or "", c.name, c.means) for c in contract.columns] if contract else plain,
        "sql_text": path.read_text(encoding="utf-8") if path.exists() else "",
        "reads": edges.get(name, []),
        "sources": _sources(door, name, edges),
        "row_count": door.frame(f"select count(*) as n from {name}").item(),
        "rows": _first(door, name),
        "as_of": door.frame("select max(as_of) as as_of from run.info").item(),
    }


def _edges(door: Door) -> dict[str, list[str]]:
    frame = door.frame("select table_name, reads from contract.lineage order by 1, 2")
    found: dict[str, list[str]] = {}
    for name, read in frame.iter_rows():
        found.setdefault(name, []).append(read)
    return found


def _sources(door: Door, name: str, edges: dict[str, list[str]]) -> pl.DataFrame:
    """Age of the deliveries that the table comes from, however many steps away, late ones first."""
    behind, open_ends = {name}, [name]
    while open_ends:
        for read in edges.get(open_ends.pop(), []):
            if read not in behind:
                behind.add(read)
                open_ends.append(read)
    # A fact stands in the snapshot as known.<fact>; its own name tells where it was delivered.
    delivered = sorted({one.partition(".")[2] for one in behind if one.partition(".")[0] in ("raw", "fact", "known")})
    return door.frame(
        "select source_name, last_event_date, age_days, is_late from mart.data_age where table_name = any($tables)"
        " order by is_late desc, age_days desc nulls last, source_name",
        {"tables": delivered},
    )


def _first(door: Door, name: str) -> list[list[str]]:
    """The first rows as text; what the viewer may not see stands as they read it."""
    frame = door.frame(f"select * from (from {name} limit {SHOWN}) as t")
    return [["" if cell is None else _text(cell) for cell in row] for row in frame.iter_rows()]


def _text(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, list | dict) else str(cell)
