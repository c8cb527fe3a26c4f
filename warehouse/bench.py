"""One entity on a bench: the values of its indicators on a later day, had some acts been done.

The very SQL of the indicators runs over the entity's own rows of a snapshot, copied into memory, once a day for many
sets of acts. What such rows cannot tell (peers, kin, texts) is held as it is there. Not here: which acts to try.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import TracebackType

import numpy as np

from models.scorecard.fixed_point import Ints
from models.scorecard.panel import MISSING
from models.scorecard.remedy import Act, Acts
from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.serving import ServingReader

EFFECTS = ("known.penalty_effect", "known.listing")  # when a record stops counting: told anew for each day
_ACTED_ON = {"known.annual_report"}
_MICRO = "cast(cast(indicator_value as decimal(38, 6)) * 1000000 as bigint)"
_STORED = f"select indicator_id, {_MICRO} from indicator.value where entity_id = ?"
_REPAIRED = "select record_kind, record_id, repaired_on from known.repair where entity_id = ?"
_REPAIR_VIEW = """
create view known.repair as
select scenario_id as entity_id, kind as record_kind, record_id, done_on as repaired_on
from own.act where kind <> 'annual_report'
union all
select s.scenario_id, r.record_kind, r.record_id, r.repaired_on
from own.repaired as r cross join own.scenario as s
where not exists (
    select * from own.act as a
    where a.scenario_id = s.scenario_id and a.kind = r.record_kind and a.record_id = r.record_id
)
"""
_FILED = """
union all by name
select
    scenario_id as entity_id, cast(record_id as integer) as report_year, done_on as event_date, record_id as report_id
from own.act where kind = 'annual_report'
"""
# Nobody's row stands in every table of events: a source that has nothing of this entity is not one that is silent.
_NOBODY = "union all by name select -1 as entity_id"
_LARGEST_COPY = 20_000  # rows of a table that is not about entities; a larger one stays away, and what reads it is held
_NO_PEERS = """
create or replace macro shrunk_micro(events, exposure, towards, weight) as cast(null as bigint);
create or replace macro relative_micro(events, exposure, towards, weight) as cast(null as decimal(18, 6));
create or replace macro shrunk(events, exposure, towards, weight) as cast(null as bigint);
create or replace macro relative(events, exposure, towards, weight) as cast(null as decimal(18, 6));
create or replace macro burst_micro(events, expected, weight) as cast(null as decimal(18, 6));
create or replace macro burst(events, expected, weight) as cast(null as decimal(18, 6));
"""


class Bench:
    """The small warehouse of one entity; use as a context manager.

    Raises:
        ValueError: the entity is not in the snapshot.
    """

    def __init__(self, reader: ServingReader, entity_id: int) -> None:
        self.as_of: date = reader.query("select as_of from run.info").item()
        self._stored = {name: int(value) for name, value in reader.query(_STORED, [entity_id]).iter_rows()}
        self._engine = DuckDBEngine(":memory:", memory_limit="512MB", threads=1)
        self._engine.run(_NO_PEERS)
        there = self._copy(reader, entity_id)
        indicators = [t for t in catalog.sql_tables().values() if t.stage == "indicator" and t.name != "value"]
        self._families = [table for table in indicators if table.reads <= there]
        # Only what comes out today as the snapshot has it can be told from the entity's own rows; twice, so that what
        # counts others (of its name, at its address) does not take one scenario for a neighbour of the next.
        found = self._measured(self.as_of, [{}, {}])
        self._own = {name for name, column in found.items() if int(column[0]) == self._stored.get(name, MISSING)}
        # Nothing new happens, so that a family without a value today has none later, unless an act brings it one.
        spoken = {name for name in self._own if name in self._stored}
        self._families = [t for t in self._families if _ACTED_ON & t.reads or spoken & set(_indicators(t))]

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.connection.close()

    @property
    def held(self) -> list[str]:
        """Indicators that are taken to stay as they are."""
        return sorted(set(self._stored) - self._own)

    def values(self, day: date, sets: Sequence[Mapping[str, date]]) -> dict[str, Ints]:
        """Return every indicator in micro-units on `day` for each set of acts (act id → day on which it is done)."""
        measured = self._measured(day, sets)
        held = {name: np.full(len(sets), value, dtype=np.int64) for name, value in self._stored.items()}
        return held | {name: column for name, column in measured.items() if name in self._own}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the bench as it was last set; scenario 0 bears the id 0."""
        return self._engine.rows(sql)

    def _copy(self, reader: ServingReader, entity_id: int) -> set[str]:
        """Bring the tables that indicators read, of this entity only, for every scenario; return their names."""
        engine, there = self._engine, {"run.info", "known.repair", *EFFECTS}
        engine.run(
            "create schema own; create table own.scenario (scenario_id bigint);"
            "create table own.act (scenario_id bigint, kind varchar, record_id varchar, done_on date)"
        )
        columns = _columns(reader)
        for name in sorted(_tables_read() & set(columns)):
            if "entity_id" in columns[name]:
                rows = reader.query(f"select * from {name} where entity_id = ?", [entity_id])
                if name == "known.entity" and rows.is_empty():
                    raise ValueError(f"entity {entity_id} is not in the published snapshot")
                own = f"own.{name.replace('.', '_')}"
                engine.load_arrow(own, rows.to_arrow())
                more = "" if name == "known.entity" else _NOBODY
                more += _FILED if name == "known.annual_report" else ""
                engine.run(
                    f"create view {name} as select s.scenario_id as entity_id, t.* exclude (entity_id)"
                    f" from {own} as t cross join own.scenario as s {more}"
                )
            elif reader.query(f"select count(*) from {name}").item() <= _LARGEST_COPY:
                engine.load_arrow(name, reader.query(f"select * from {name}").to_arrow())
            else:
                continue
            there.add(name)
        engine.load_arrow("own.repaired", reader.query(_REPAIRED, [entity_id]).to_arrow())
        engine.run(_REPAIR_VIEW)
        self._set(self.as_of, [{}])
        for name in EFFECTS:
            engine.run(f"create view {name} as {catalog.sql_tables()[name].sql}")
        return there

    def _set(self, day: date, sets: Sequence[Mapping[str, date]]) -> None:
        """Put a day and the sets of acts on the bench: the entity with the acts of set n bears the id n."""
        engine = self._engine
        engine.run(f"truncate own.scenario; insert into own.scenario select range from range({len(sets)})")
        engine.run("truncate own.act")
        acts = [(n, *act_id.split(":", 1), done) for n, done_on in enumerate(sets) for act_id, done in done_on.items()]
        if acts:
            engine.connection.executemany("insert into own.act values (?, ?, ?, ?)", acts)
        columns = {c.name: c.type for c in catalog.contracts("run")["info"].columns}
        told = dict.fromkeys(columns) | {"as_of": day, "known_by": datetime.combine(day + timedelta(days=1), time())}
        engine.load("run.info", columns, [told])

    def _measured(self, day: date, sets: Sequence[Mapping[str, date]]) -> dict[str, Ints]:
        self._set(day, sets)
        columns: dict[str, Ints] = {}
        for table in self._families:
            for name in _indicators(table):
                columns[name] = np.full(len(sets), MISSING, dtype=np.int64)
            for scenario, name, value in self._engine.rows(
                f"select entity_id, indicator_id, {_MICRO} from ({table.sql})"
                f" where entity_id between 0 and {len(sets) - 1} and indicator_value is not null"
            ):
                columns[name][scenario] = value
        return columns


def done_on(acts: Mapping[str, Act], chosen: Acts) -> dict[str, date]:
    """Return each chosen act with the first day on which it may be done."""
    return {act_id: acts[act_id].first_day for act_id in sorted(chosen)}


def _tables_read() -> set[str]:
    """Tables that the SQL of indicators, or of the effects of records, reads and that come from the snapshot."""
    tables = catalog.sql_tables()
    read = {n for name, t in tables.items() if t.stage == "indicator" or name in EFFECTS for n in t.reads}
    made = {name for name in read if name.startswith("indicator.")}
    return read - made - {*EFFECTS, "known.repair", "run.info"}


def _indicators(table: catalog.SqlTable) -> list[str]:
    return re.findall(r"'([a-z_]+\.[a-z_]+)' as indicator_id", table.sql)


def _columns(reader: ServingReader) -> dict[str, set[str]]:
    asked = "select table_schema || '.' || table_name, column_name from information_schema.columns"
    found: dict[str, set[str]] = {}
    for table, column in reader.query(asked).iter_rows():
        found.setdefault(table, set()).add(column)
    return found
