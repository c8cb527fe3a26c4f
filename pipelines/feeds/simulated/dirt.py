"""Planted dirt: wrong codes, strangers, sloppy names, unusable rows, corrections and repeats, and the ledger of it all.

Not here: where the rows go (delivery.py). The ledger becomes part of the answer files, which no feed reads.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.feeds.simulated.chance import Chance, Flags, Ints
from pipelines.feeds.simulated.codes import misread
from pipelines.feeds.simulated.names import MISSPELT, SHORT, WIDTH
from pipelines.feeds.simulated.world import World

WRONG_CODE = 0.01
STRANGER = 0.002
SPELLINGS = {SHORT: 0.02, WIDTH: 0.015, MISSPELT: 0.01}
UNUSABLE = 0.001
REPEATED = 0.015
CORRECTED = 0.003
CODE, NAME, REPORTED = "统一社会信用代码", "主体名称", "报送日期"
_IMPOSSIBLE_DATES = ("2024-02-30", "2023年13月5日", "20250631")
_UNKNOWN_VALUE = "待核实"


@dataclass
class Ledger:
    """What dirt was planted where."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    identities: list[pl.DataFrame] = field(default_factory=list)

    def count(self, source: str, kind: str, rows: int) -> None:
        """Add rows of one kind of dirt."""
        self.counts[source, kind] += rows


def identify(
    world: World, ledger: Ledger, source: str, key: pl.Series, row: Ints, entity: Ints, day: Ints, *,
    named: bool = True, wrong_code: float = WRONG_CODE, uncoded: Flags | None = None, nobody: Flags | None = None,
) -> dict[str, pl.Series]:  # fmt: skip
    """Code and name of an entity as a sloppy clerk of the source wrote them.

    Where the contract allows it, `uncoded` rows give only the name and `nobody` rows concern no entity at all.
    """
    chance, entities = world.chance, world.entities
    absent = np.zeros(len(row), dtype=bool) if nobody is None else nobody
    none = absent if uncoded is None else absent | uncoded
    strange = chance.happens(f"{source}.stranger", row, STRANGER) & ~absent
    strangers = entities.count + chance.below(f"{source}.which_stranger", row, len(entities.ids) - entities.count)
    entity = np.where(strange, strangers, entity)
    true = entities.code.gather(entity)
    wrong = chance.happens(f"{source}.wrong_code", row, wrong_code) & ~strange & ~none
    at = np.flatnonzero(wrong)
    place = 2 + chance.below(f"{source}.wrong_place", row[at], 15)
    step = 1 + chance.below(f"{source}.wrong_step", row[at], 30)
    misread_codes = [misread(code, int(p), int(s)) for code, p, s in zip(true.gather(at), place, step, strict=True)]
    code = true.clone().scatter(at, pl.Series(misread_codes, dtype=pl.String)) if len(at) else true
    code = pl.select(pl.when(pl.Series(none)).then(None).otherwise(code)).to_series()

    ledger.count(source, "wrong_code", len(at))
    ledger.count(source, "unknown_entity", int(strange.sum()))
    ledger.count(source, "blank_code", int((none & ~absent).sum()))
    odd = np.flatnonzero((wrong | strange | none) & ~absent)
    kind = np.select([strange[odd], wrong[odd]], ["unknown_entity", "wrong_code"], "blank_code")
    ledger.identities.append(
        pl.DataFrame({"record_id": key.gather(odd), "kind": kind, "code": code.gather(odd), "true": true.gather(odd)})
        .select(pl.lit(source).alias("source_id"), "record_id", "kind", delivered_code="code", true_code="true")
    )  # fmt: skip
    delivered = {CODE: code}
    if named:
        draw, spelling, edge = chance.unit(f"{source}.spelling", row), np.zeros(len(row), dtype=np.int64), 0.0
        for variant, share in SPELLINGS.items():
            spelling[(draw >= edge) & (draw < edge + share) & ~absent] = variant
            edge += share
        ledger.count(source, "spelling", int((spelling > 0).sum()))
        spelt = world.names.spelt(world.states.at(entity, day), spelling)
        delivered[NAME] = pl.select(pl.when(pl.Series(absent)).then(None).otherwise(spelt)).to_series()
    return delivered


def corrections(
    chance: Chance, ledger: Ledger, source: str, frame: pl.DataFrame, row: Ints, sent: Ints, last: int,
    changed: dict[str, pl.Expr],
) -> tuple[pl.DataFrame, Ints]:  # fmt: skip
    """Rows delivered once more with other content and a later report day, and their positions in the frame."""
    later = sent + 10 + chance.below(f"{source}.corrected_after", row, 30)
    alters = pl.any_horizontal(after.ne_missing(pl.col(column)) for column, after in changed.items())
    possible = frame.select(alters).to_series().to_numpy()
    chosen = np.flatnonzero(chance.happens(f"{source}.corrected", row, CORRECTED) & (later <= last) & possible)
    ledger.count(source, "corrected", len(chosen))
    day = pl.Series(REPORTED, later[chosen].astype(np.int32)).cast(pl.Date)
    return frame[chosen].with_columns(**changed).with_columns(day), chosen


def unusable(
    chance: Chance, ledger: Ledger, source: str, frame: pl.DataFrame, row: Ints, columns: dict[str, str | None]
) -> tuple[pl.DataFrame, Flags]:
    """Spoil a few rows: an impossible date, no key, or a code value nobody knows. `columns` names where, by kind."""
    bad = chance.happens(f"{source}.unusable", row, UNUSABLE)
    targets = [(kind, column) for kind, column in columns.items() if column]
    which = chance.below(f"{source}.unusable_kind", row, len(targets))
    for n, (kind, column) in enumerate(targets):
        hit = bad & (which == n)
        ledger.count(source, kind, int(hit.sum()))
        spoilt: dict[str, pl.Expr | pl.Series] = {
            "impossible_date": pl.Series(_IMPOSSIBLE_DATES).gather(row % 3),
            "missing_key": pl.lit(None, dtype=pl.String),
            "unknown_value": pl.lit(_UNKNOWN_VALUE),
        }
        frame = frame.with_columns(pl.when(pl.Series(hit)).then(spoilt[kind]).otherwise(pl.col(column)).alias(column))
    return frame, bad
