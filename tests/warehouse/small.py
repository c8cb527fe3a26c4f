"""Small warehouses: a feed pack from a few lines, and every table built in seconds.

Not here: what the tables should hold. A test holds this order of work against the real refresh.
"""

from __future__ import annotations

import csv
import inspect
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
from hypothesis import settings

from pipelines import assets
from pipelines.definitions import build_defs
from pipelines.resources import Run
from warehouse import catalog, rules
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed, load_feed
from warehouse.home import Home
from warehouse.ingest import Load, ingest
from warehouse.state import State

PACKS = Path(__file__).parents[2] / "pipelines" / "feeds"
BUILT_AT = datetime(2026, 1, 1)
Rows = Sequence[Mapping[str, Any]]
few = settings(max_examples=max(10, settings.default.max_examples // 4))  # an example here builds tables


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """A delivery as a source would write it: UTF-8, comma, quotes where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def identity_sql(contract: str, also: Sequence[str] = ()) -> str:
    """The SQL of a source whose columns already bear the contract's names."""
    lineage = {"feed_id", "source_id", "known_at", "superseded_at"}  # staging adds them
    names = [c.name for c in catalog.contracts("raw")[contract].columns if c.name not in lineage]
    return f"select {', '.join([*names, *also])} from delivered"


def pack(
    folder: Path,
    contracts: Mapping[str, str],
    *,
    zone: str = "Asia/Shanghai",
    file_format: str = "csv",
    known_at: Mapping[str, Any] | None = None,
    code_system: str = "licence_number",
) -> Feed:
    """A feed pack in `folder`: raw table → file pattern; known on the event day unless said otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    also = ["known_at"] if (known_at or {}).get("column") else []
    for contract in contracts:
        (folder / f"{contract}.sql").write_text(identity_sql(contract, also))
    sources = {
        contract: {
            "title": contract,
            "files": pattern,
            "format": file_format,
            "contract": contract,
            "cadence": "daily",
            "known_at": known_at or {"lag_days": 0},
            "owner_department_id": "D01",
        }
        for contract, pattern in contracts.items()
    }
    return Feed.model_validate(
        {
            "feed": folder.name,
            "title": {"zh": folder.name, "en": folder.name},
            "zone": zone,
            "code_system": code_system,
            "date_formats": ("%Y/%m/%d", "%Y年%m月%d日", "%m-%d-%Y"),
            "sources": sources,
            "folder": folder,
        }
    )


def load(engine: DuckDBEngine, archive: Archive, feed: Feed, contract: str) -> list[Load]:
    """Rebuild one raw table and its loads."""
    return ingest(engine, archive, [feed], catalog.contracts("raw")[contract])


@contextmanager
def opened(path: Path | str = ":memory:") -> Iterator[DuckDBEngine]:
    with DuckDBEngine(path, memory_limit="1GB") as engine:
        yield engine


@cache
def _in_order() -> tuple[dg.AssetsDefinition, ...]:
    owner = {key: asset for asset in assets.all_assets() for key in asset.keys}
    keys = build_defs().resolve_asset_graph().toposorted_asset_keys
    return tuple({id(owner[key]): owner[key] for key in keys if key in owner}.values())


def build_all(engine: DuckDBEngine, folder: Path, feeds: Sequence[Feed], data: Path, as_of: date) -> None:
    """Every table, from the delivered files to the marts: the work of each asset, in the order of the asset graph.

    Dagster only gives the order here; running it would take five times as long. Publishing is left out.
    """
    home = Home.at(folder)
    archive = Archive(home.deliveries)
    for feed in feeds:
        archive.receive(feed, data)
    run = Run(
        home, engine, tuple(feeds), archive, rules.of_run(feeds, None), State(home.state), "small", BUILT_AT, as_of
    )
    given = {"run": run, "context": SimpleNamespace(log=logging.getLogger("small"))}
    for asset in _in_order():
        work: Any = asset.op.compute_fn.decorated_fn  # type: ignore[union-attr]
        outcome = work(**{name: given[name] for name in inspect.signature(work).parameters})
        if inspect.isgenerator(outcome):
            list(outcome)


def chicago(engine: DuckDBEngine, folder: Path, data: Path, as_of: date, pack_folder: Path | None = None) -> None:
    """The invented city of `data` as a warehouse, archived below `folder`."""
    build_all(engine, folder, [load_feed(pack_folder or PACKS / "chicago_food")], data, as_of)


GRADES = (
    "select e.entity_code, g.credit_score, g.credit_grade, g.credit_veto, g.risk_score, g.risk_grade, g.risk_veto"
    " from grade.grade as g join known.entity as e on e.entity_id = g.entity_id order by e.entity_code"
)
INDICATORS = "select * from indicator.value order by entity_id, indicator_id"


def fill(engine: DuckDBEngine, qualified: str, rows: Rows) -> None:
    """Replace a table by rows as its contract types them; a column that a row lacks is null."""
    stage, name = qualified.split(".")
    columns = {c.name: c.type for c in catalog.contracts(stage)[name].columns}
    engine.load(qualified, columns, [{c: row.get(c) for c in columns} for row in rows])


def sql_table(engine: DuckDBEngine, *names: str) -> None:
    """Build tables from their SQL files."""
    for name in names:
        engine.build(name, catalog.sql_tables()[name].sql)
