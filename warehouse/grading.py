"""Grades of every entity by the scorecards in force: `indicator.value` → `grade.contribution` and `grade.score`.

The arithmetic stands in models.scorecard.panel; here only how values come in and results go out, as whole arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.policy.loader import InForce
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import Ints
from models.scorecard.packs import cards_in_force, numbered_parts
from models.scorecard.panel import MISSING, PanelScores, score_panel
from warehouse.engine import DuckDBEngine

READS = ("indicator.value", "known.entity", "policy.indicator")
_GRADED = "select entity_id from known.entity where status in ('active', 'revoked') order by entity_id"
_NAMES = "select indicator_no, indicator_id from policy.indicator where indicator_no is not null"
_VALUES = """
select entity_id, indicator_no, indicator_value
from indicator.value
"""
_DECIMAL = pa.decimal32(9, 6)
_CONTRIBUTION = pa.schema(
    [("entity_id", pa.int64()), ("part_no", pa.int16()), ("points", _DECIMAL), ("contribution", _DECIMAL)]
)
# Arrays as large as a core's cache: the same steps over all 8 million values at once cost twice as much.
_ROWS_AT_ONCE, _ENTITIES_AT_ONCE = 100_000, 2_000


@dataclass(frozen=True)
class EntityValues:
    """Who is graded, in order of id, and each indicator's value of them in micro-units (MISSING where unknown)."""

    entity_ids: Ints
    by_indicator: Mapping[str, Ints]


def read_values(connection: duckdb.DuckDBPyConnection) -> EntityValues:
    """Read every indicator of every entity on the register (active or revoked).

    Works on the warehouse and on a snapshot alike; nothing is written.
    """
    entity_ids = connection.execute(_GRADED).to_arrow_table()["entity_id"].to_numpy()
    names = dict(connection.execute(_NAMES).fetchall())
    values = np.full((max(names, default=-1) + 1, len(entity_ids)), MISSING, dtype=np.int64)
    if len(entity_ids):
        for found in connection.execute(_VALUES).to_arrow_reader(_ROWS_AT_ONCE):
            _place(values.reshape(-1), entity_ids, found)
    return EntityValues(entity_ids, {name: values[number] for number, name in names.items()})


def _place(values: Ints, entity_ids: Ints, found: pa.RecordBatch) -> None:
    """Put rows into the values of all indicators, one indicator after the other; who is not graded is left out."""
    owner = found["entity_id"].to_numpy()
    # rows come entity by entity: who it is has to be looked up once a run of rows, not once a row
    first = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    place = np.minimum(np.searchsorted(entity_ids, owner[first]), len(entity_ids) - 1)
    rows = np.diff(first, append=len(owner))
    at = np.repeat(place, rows) + found["indicator_no"].to_numpy() * np.int64(len(entity_ids))
    micros = _micros(found["indicator_value"])
    graded = entity_ids[place] == owner[first]
    if graded.all():
        values[at] = micros
    else:
        kept = np.repeat(graded, rows)
        values[at[kept]] = micros[kept]


def score_all(cards: Sequence[Scorecard], values: EntityValues) -> dict[str, PanelScores]:
    """Score every entity on every card, by pack id."""
    return score_panel(cards, values.by_indicator, len(values.entity_ids))


def write_grades(engine: DuckDBEngine, in_force: InForce) -> int:
    """(Re)write `grade.contribution` and `grade.score` by the rules in force; return the rows of the latter."""
    cards = cards_in_force(in_force)
    values = read_values(engine.connection)
    scored = score_all(cards, values)
    parts = _contributions(cards, values.entity_ids, scored)
    engine.load_arrow("grade.contribution", pa.Table.from_batches(parts, _CONTRIBUTION))
    return engine.load_arrow("grade.score", _scores(cards, values.entity_ids, scored))


def _contributions(
    cards: Sequence[Scorecard], entity_ids: Ints, scored: Mapping[str, PanelScores]
) -> Iterator[pa.RecordBatch]:
    """One row per entity × part, by entity: who asks for one entity reads one place of the file."""
    numbers = np.array([number for number, _, _ in numbered_parts(cards)], dtype=np.int16)
    for first in range(0, len(entity_ids), _ENTITIES_AT_ONCE):
        own = slice(first, first + _ENTITIES_AT_ONCE)
        points = np.concatenate([scored[card.pack_id].points[:, own] for card in cards])
        contributions = np.concatenate([scored[card.pack_id].contributions[:, own] for card in cards])
        ids = entity_ids[own]
        yield pa.record_batch(
            [
                np.repeat(ids, len(numbers)),
                np.tile(numbers, len(ids)),
                _decimals(np.ascontiguousarray(points.T).reshape(-1)),
                _decimals(np.ascontiguousarray(contributions.T).reshape(-1)),
            ],
            _CONTRIBUTION,
        )


def _scores(cards: Sequence[Scorecard], entity_ids: Ints, scored: Mapping[str, PanelScores]) -> pa.Table:
    """One row per entity × scorecard, by entity."""
    parts = []
    for card in cards:
        result = scored[card.pack_id]
        grades = pa.array(card.grades)
        parts.append(
            pa.table(
                {
                    "entity_id": entity_ids,
                    "pack_id": pa.array([card.pack_id] * len(entity_ids), pa.string()),
                    "scorecard_score": pa.Array.from_buffers(
                        pa.decimal64(18, 6), len(result.score), [None, pa.py_buffer(result.score)]
                    ),
                    "scorecard_grade": grades.take(pa.array(result.grade_no - 1)),
                    "grade_without_text": grades.take(pa.array(result.grade_no_without_text - 1)),
                    "veto_reasons": _reasons(card, result.vetoes),
                }
            )
        )
    return pa.concat_tables(parts).sort_by([("entity_id", "ascending"), ("pack_id", "ascending")])


def _reasons(card: Scorecard, vetoes: Ints) -> pa.Array:
    """The reasons of the vetoes that apply, by veto id, joined; null where none does."""
    ordered = sorted(range(len(card.vetoes)), key=lambda n: card.vetoes[n].veto_id)
    told = {
        bits: "；".join(card.vetoes[n].reason for n in ordered if bits >> n & 1) or None
        for bits in np.unique(vetoes).tolist()
    }
    keys = np.array(sorted(told), dtype=np.int64)
    return pa.array([told[key] for key in keys.tolist()], pa.string()).take(pa.array(np.searchsorted(keys, vetoes)))


def _micros(decimals: pa.Array) -> Ints:
    """Decimals of six places as whole micro-units: the low half of each 128-bit number (18 digits fill no more)."""
    return np.frombuffer(decimals.buffers()[1], dtype="<i8")[::2][decimals.offset : decimals.offset + len(decimals)]


def _decimals(micros: NDArray[np.int32]) -> pa.Array:
    """Whole micro-units as decimals of six places, without touching a digit."""
    return pa.Array.from_buffers(_DECIMAL, len(micros), [None, pa.py_buffer(micros)])
