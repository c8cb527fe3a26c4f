"""What tables there are: contracts (columns, keys, meaning) and the SQL file of each table.

Reads YAML and SQL files of this folder; runs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.casework.pack import vocabulary
from warehouse import dialect

ROOT = Path(__file__).parent
# Data moves to the right only. `run` and `policy` are parameters that every stage may read.
STAGES = (
    "raw",
    "quarantine",
    "entity",
    "fact",
    "known",
    "text",
    "indicator",
    "grade",
    "plan",
    "outcome",
    "mart",
    "quality",
)
PARAMETERS = ("run", "policy")


class ContractError(ValueError):
    """A contract file that contradicts itself."""


@dataclass(frozen=True)
class Column:
    """One column as the dictionary defines it, plus whether this table requires it.

    `zh` is its name, `means` what it means to who reads it, `en` the same for who develops.
    `is_coded` says that few different texts are expected, of a set that is open: raw, fact and indicator may hold codes
    for them.
    `purpose` and `keep` (a class of policy privacy.retention) are said of what names natural persons.
    """

    name: str
    type: str
    zh: str
    means: str
    en: str
    unit: str | None = None
    sensitivity: str = "internal"
    allowed: tuple[str, ...] = ()
    required: bool = False
    purpose: str | None = None
    keep: str | None = None
    bounds: tuple[int, int] | None = None
    is_coded: bool = False

    @property
    def stored_type(self) -> str:
        """The type in raw and fact tables: a text of a closed set is an ENUM, written at a fifth of a text's cost."""
        if self.type == "VARCHAR" and self.allowed:
            return dialect.enum(self.allowed)
        return self.type


@dataclass(frozen=True)
class Table:
    """The contract of one table."""

    stage: str
    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    visible_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    owner_department_id: str = "D01"
    sharing: str = "internal"

    @property
    def qualified(self) -> str:
        """`stage.name`."""
        return f"{self.stage}.{self.name}"

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError when the contract lacks it."""
        return {c.name: c for c in self.columns}[name]

    def has(self, name: str) -> bool:
        """Whether the contract has this column."""
        return any(c.name == name for c in self.columns)


@dataclass(frozen=True)
class SqlTable:
    """One SQL file = one table."""

    stage: str
    name: str
    path: Path
    sql: str
    grain: str
    reads: frozenset[str]

    @property
    def qualified(self) -> str:
        """`stage.name`."""
        return f"{self.stage}.{self.name}"


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _dictionary() -> dict[str, dict[str, Any]]:
    return _read(ROOT / "contracts" / "columns.yaml")


def _column(name: str, where: str) -> Column:
    plain = name.rstrip("!")
    try:
        spec = _dictionary()[plain]
    except KeyError:
        raise ContractError(f"{where}: column {plain} is not in contracts/columns.yaml; add it there once") from None
    return Column(
        plain,
        spec["type"],
        spec["zh"],
        spec["means"],
        spec["en"],
        spec.get("unit"),
        spec.get("sensitivity", "internal"),
        vocabulary()[spec["set_of"]] if "set_of" in spec else tuple(str(v) for v in spec.get("set", ())),
        name.endswith("!"),
        spec.get("purpose"),
        spec.get("keep"),
        tuple(spec["range"]) if "range" in spec else None,
        spec.get("coded", False),
    )


def _load(stage: str) -> dict[str, Table]:
    path = ROOT / "contracts" / f"{stage}.yaml"
    if not path.exists():
        return {}
    document = _read(path)
    lineage = document.get("lineage", [])
    tables = {}
    for name, spec in document["tables"].items():
        where = f"{path.name}: {name}"
        base = _base_columns(spec, document.get("without", []), where) if "like" in spec else []
        columns = tuple([_column(c, where) for c in [*spec.get("columns", []), *lineage]] + base)
        names = {c.name for c in columns}
        if len(names) != len(columns):
            raise ContractError(f"{where}: a column stands twice")
        if missing := set(spec["key"]) - names:
            raise ContractError(f"{where}: key columns {sorted(missing)} are not columns of the table")
        visible = {k: tuple(v) for k, v in spec.get("visible_on", {}).items()}
        tables[name] = Table(
            stage,
            name,
            spec["zh"],
            spec.get("en", spec["zh"]),
            tuple(spec["key"]),
            columns,
            visible,
            spec.get("owner_department_id", document.get("owner_department_id", "D01")),
            spec.get("sharing", document.get("sharing", "internal")),
        )
    return tables


def _base_columns(spec: dict[str, Any], without: list[str], where: str) -> list[Column]:
    stage, _, name = spec["like"].partition(".")
    if name not in contracts(stage):
        raise ContractError(f"{where}: `like: {spec['like']}` names no table")
    left_out = {*without, *spec.get("without", [])}
    return [c for c in contracts(stage)[name].columns if c.name not in left_out]


@cache
def contracts(stage: str) -> dict[str, Table]:
    """Return the contracts of a stage by table name; {} for a stage without a contract file."""
    return _load(stage)


def all_contracts() -> list[Table]:
    """Return every contract, in stage order."""
    return [t for stage in (*PARAMETERS, *STAGES) for t in contracts(stage).values()]


@cache
def sql_tables() -> dict[str, SqlTable]:
    """Return every table that a SQL file makes, by `stage.name`, in an order in which they can be built."""
    found: dict[str, SqlTable] = {}
    for path in sorted((ROOT / "sql").glob("*/*.sql")):
        text = path.read_text()
        header = dict(re.findall(r"^-- (\w+): (.+)$", text, re.MULTILINE))
        where = f"{path.parent.name}/{path.name}"
        if "grain" not in header:
            raise ContractError(f"{where}: header line `-- grain: …` is missing")
        reads = frozenset(dialect.tables_read(dialect.parse(text, where)))
        table = SqlTable(path.parent.name, path.stem, path, text, header["grain"], reads)
        found[table.qualified] = table
    return _ordered(found)


def _ordered(tables: dict[str, SqlTable]) -> dict[str, SqlTable]:
    done: dict[str, SqlTable] = {}
    waiting: list[str] = []

    def visit(name: str) -> None:
        if name in done or name not in tables:
            return
        if name in waiting:
            raise ContractError(f"tables read each other in a circle: {' → '.join([*waiting, name])}")
        waiting.append(name)
        for source in sorted(tables[name].reads):
            visit(source)
        waiting.pop()
        done[name] = tables[name]

    for name in sorted(tables, key=lambda n: (STAGES.index(tables[n].stage), n)):
        visit(name)
    return done
