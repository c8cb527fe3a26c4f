"""Bringing tables of answers about texts up to date: only texts that are new or changed are read by a model.

Not here: what is answered (reading.py, orders.py). A model of another version answers everything anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

CHUNK = 20_000  # texts that a model reads at once
_FETCHED = 6 * CHUNK  # about a row group of the engine, which is unpacked whole for each part of it


@dataclass(frozen=True)
class Answers:
    """`table` has one row for each text, by `keys`, with `text_digest` and `model_version`; `beside` has any number.

    `text` is what a model reads of a row of `source`, where `holds` is true.
    """

    table: str
    beside: str
    keys: tuple[str, ...]
    source: str
    holds: str
    text: str

    def digest(self, more: str = "") -> str:
        """SELECT of the keys and of a hash that only tells whether a text was read (MD5 takes 30 times as long)."""
        keys = ", ".join(f"cast({key} as varchar) as {key}" if key == "feed_id" else key for key in self.keys)
        return f"select {keys}, hash({self.text}) as text_digest{more} from {self.source} where {self.holds}"


def bring_up(
    engine: DuckDBEngine,
    answers: Answers,
    version: str,
    read: Callable[[Sequence[str]], Mapping[str, pl.DataFrame]],
) -> int:
    """Read what has no answer of this version; return the rows of the table.

    `read` gives a frame for each of the two tables, with the place of the text in `place` instead of the keys.
    """
    names = (answers.table, answers.beside)
    with engine.transaction():
        _prepare(engine, answers, version)
        wanted = engine.count("text_wanted")
        for first in range(0, wanted, _FETCHED):
            fetched = engine.frame(
                f"select * exclude (rowid_no) from text_wanted"
                f" where rowid_no >= {first} and rowid_no < {first + _FETCHED} order by rowid_no"
            )
            told = [_answered(part, version, names, read) for part in fetched.iter_slices(CHUNK)]
            for name in names:
                engine.append_frame(name, pl.concat([frames[name] for frames in told]))
    engine.run("drop table text_wanted")
    return engine.count(answers.table)


def _answered(
    texts: pl.DataFrame,
    version: str,
    names: Sequence[str],
    read: Callable[[Sequence[str]], Mapping[str, pl.DataFrame]],
) -> dict[str, pl.DataFrame]:
    """What a model says of some texts, as rows of both tables."""
    told = read(texts["text"].to_list())
    own = texts.drop("text").with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64), model_version=pl.lit(version))
    frames = {name: told[name].with_columns(pl.col("place").cast(pl.Int64)).join(own, on="place") for name in names}
    return {name: frame.select(_columns(name)) for name, frame in frames.items()}


def _prepare(engine: DuckDBEngine, answers: Answers, version: str) -> None:
    """Leave only answers that still hold, and put the texts without one into `text_wanted`, numbered from 0.

    Whole texts are neither sorted nor copied where answers stand: of millions that is most of the time.
    """
    wanted = answers.digest(f", {answers.text} as text")
    if all(map(engine.exists, (answers.table, answers.beside))) and not engine.rows(
        f"select 1 from {answers.table} where model_version <> ? limit 1", [version]
    ):
        same = " and ".join(f"t.{key} = a.{key}" for key in answers.keys)
        held = f"{same} and t.text_digest = a.text_digest"
        keys = ", ".join(f"a.{key}" for key in answers.keys)
        engine.run(f"create or replace temp table text_now as {answers.digest()}")
        engine.run(
            f"create or replace temp table text_gone as"
            f" select {keys} from {answers.table} as a anti join text_now as t on {held}"
        )
        engine.run(
            f"create or replace temp table text_left as"
            f" select t.* from text_now as t anti join {answers.table} as a on {held}"
        )
        for name in (answers.table, answers.beside):
            engine.run(f"delete from {name} as a using text_gone as t where {same}")
        engine.run("drop table text_now; drop table text_gone")
        left = " and ".join(f"l.{key} = s.{key}" for key in answers.keys)
        source = f"(select * from {answers.source} where {answers.holds}) as s"
        wanted = f"select l.*, {answers.text} as text from {source} join text_left as l on {left}"
    else:
        for name in (answers.table, answers.beside):
            columns = ", ".join(f'"{c.name}" {c.type}' for c in contracts("text")[name.partition(".")[2]].columns)
            engine.run(f"create or replace table {name} ({columns})")
    engine.run(
        "create or replace temp table text_wanted as"
        f" select t.*, row_number() over () - 1 as rowid_no from ({wanted}) as t"
    )
    engine.run("drop table if exists text_left")


def _columns(name: str) -> list[str]:
    return [c.name for c in contracts("text")[name.partition(".")[2]].columns]
