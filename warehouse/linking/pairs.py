"""Two files of businesses → the pairs that are the same business, with a probability.

Not here: the model (business_model.py) and how names and addresses are taken apart (models/matching).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import yaml

from models.matching.headers import recognise
from models.matching.record import record
from warehouse.linking import business_model

_DIGITS = 6
_SHARES = (0.004, 0.001, 0.0003)  # of the names: a word in fewer of them is telling, more telling, most telling
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "whole_name": pl.String, "name": pl.String, "tokens": pl.List(pl.String), "name_number": pl.String,
    "other_name": pl.String, "place": pl.String, "house_number": pl.Int64, "street": pl.String,
    "street_core": pl.String, "unit": pl.String, "postcode": pl.String, "phone": pl.String,
    "legal_form": pl.String, "district": pl.String,
}  # fmt: skip


class PairsError(ValueError):
    """A file cannot be read, or lacks what matching needs."""


@dataclass(frozen=True)
class Side:
    """One of the two files: where it is, the column that names its rows, and columns given by hand (part → header)."""

    path: Path
    id_column: str
    columns: Mapping[str, str]


def columns_by_hand(path: Path | None) -> dict[str, dict[str, str]]:
    """Read columns given by hand: for `left` and `right`, part → header (parts: models/matching/headers.yaml).

    Raises:
        PairsError: the file is no such YAML.
    """
    if path is None:
        return {"left": {}, "right": {}}
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {side: {str(part): str(header) for part, header in told[side].items()} for side in ("left", "right")}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise PairsError(f"{path}: expected `left:` and `right:`, each with part: column ({error!r})") from error


def match(left: Side, right: Side, least: float, is_one_to_one: bool = True) -> pl.DataFrame:
    """Return left_id, right_id and probability of pairs at or above `least`, sorted.

    With `is_one_to_one` a left row keeps only its best right row: the most probable, then the one last seen, then the
    one seen most often, then the greatest id. The order of rows in the files makes no difference.

    Raises:
        PairsError: a file cannot be read or has no such id column.
        HeaderError: no column of a file says who its rows are about.
    """
    sides = [_records(side) for side in (left, right)]
    weight = _word_weights(sides)
    left_frame, right_frame = (_prepared(frame, weight) for frame in sides)
    with duckdb.connect(config={"threads": 1}) as connection:  # one thread: sums in one order, the same digits
        scored = business_model.score(connection, left_frame, right_frame)
    found = (
        scored.join(left_frame.select(unique_id_l="unique_id", left_id="id", left_name="name"), on="unique_id_l")
        .join(
            right_frame.select("name", "last_seen", "times_seen", unique_id_r="unique_id", right_id="id"),
            on="unique_id_r",
        )
        .with_columns(probability=pl.col("match_probability").round(_DIGITS))
        .filter(pl.col("probability") >= least)
    )
    # A right row whose name a left row bears is not also what a left row of a like name is: two counters of one shop.
    bears_name = pl.col("left_name") == pl.col("name")
    is_named = bears_name.any().over("right_id")
    best_first = ("probability", "last_seen", "times_seen", "right_id")
    return (
        found.filter(bears_name | ~is_named)
        .sort("left_id", *best_first, descending=[False, *(True for _ in best_first)], nulls_last=True)
        .unique(["left_id"] if is_one_to_one else ["left_id", "right_id"], keep="first", maintain_order=True)
        .sort("left_id", "right_id")
        .select("left_id", "right_id", "probability")
    )


def _records(side: Side) -> pl.DataFrame:
    """The distinct records of a file in an order that follows from their content, with `id` and `last_seen`."""
    table = _read(side.path)
    if side.id_column not in table.columns:
        raise PairsError(f"{side.path}: no column {side.id_column}; it has {', '.join(table.columns)}")
    chosen = recognise([name for name in table.columns if name != side.id_column], side.columns)
    rows = table.select(
        id=pl.col(side.id_column).cast(pl.String),
        last_seen=pl.col(chosen.pop("last_seen")).cast(pl.String) if "last_seen" in chosen else pl.lit(None, pl.String),
        **{part: pl.col(header).cast(pl.String).str.strip_chars().replace("", None) for part, header in chosen.items()},
    ).filter(pl.col("id").is_not_null())
    latest = rows.group_by("id", *chosen).agg(pl.col("last_seen").max(), times_seen=pl.len()).sort("id", *chosen)
    parts = pl.DataFrame(
        [record(row) for row in latest.select(*chosen).iter_rows(named=True)], schema=_SCHEMA, orient="row"
    )
    return pl.concat([latest.select("id", "last_seen", "times_seen"), parts], how="horizontal")


def _read(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PairsError(f"{path}: cannot be read as CSV (UTF-8) or Parquet: {error}") from error


def _word_weights(frames: list[pl.DataFrame]) -> dict[str, int]:
    """How telling each word is: 1 where many names hold it, up to WEIGHT_OF_RARE where few do."""
    counts: Counter[str] = Counter()
    for frame in frames:
        counts.update(frame["tokens"].unique().explode().drop_nulls().to_list())
    names = sum(frame["tokens"].n_unique() for frame in frames)
    return {word: 1 + sum(count <= max(3, share * names) for share in _SHARES) for word, count in counts.items()}


def _prepared(frame: pl.DataFrame, weight: Mapping[str, int]) -> pl.DataFrame:
    """Add what only the model needs, in an order that spreads like names over the sample it counts chance on."""
    weighted = [[f"{word}/{n}" for word in words for n in range(weight[word])] for words in frame["tokens"]]
    rare = [[word for word in words if weight[word] == business_model.WEIGHT_OF_RARE] for words in frame["tokens"]]
    key = pl.concat_str("id", "whole_name", "place", separator="|", ignore_nulls=True)
    return (
        frame.with_columns(
            weights=pl.Series(weighted, dtype=pl.List(pl.String)),
            rare_tokens=pl.Series(rare, dtype=pl.List(pl.String)),
            name_start=pl.col("name").str.slice(0, 4),
            spread=key.map_elements(lambda text: hashlib.sha256(text.encode()).hexdigest(), return_dtype=pl.String),
        )
        .sort("spread", "id", "whole_name", "place", "unit", "postcode")
        .with_row_index("unique_id")
        .drop("spread", "tokens")
    )
