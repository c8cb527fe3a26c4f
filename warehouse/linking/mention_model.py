"""The Splink model of mentions and names of the register: how telling a likeness of names and districts is.

The weights are policy and not learnt, so that a link never changes because other rows came in.
Not here: who is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

_SAME_NAME = {
    "same": "name_key_l = name_key_r",
    "same_core": "core_l = core_r",
    "same_characters": "characters_l = characters_r",
    "same_start": "start_l = start_r",
    "different": "ELSE",
}
_SAME_DISTRICT = {"same": "district_code_l = district_code_r", "different": "ELSE"}
_MOST = 2.0**60
_EMPTY = {"unique_id_l": pl.String, "unique_id_r": pl.String, "odds": pl.Float64, "evidence": pl.String}
Weights = Mapping[str, Any]


def odds(mentions: pl.DataFrame, names: pl.DataFrame, weights: Weights, entities: int) -> pl.DataFrame:
    """Return unique_id_l, unique_id_r, odds and evidence of every pair that shares a name or a part of it.

    Both frames hold unique_id, name_key, core, characters, start and district_code; `weights` says of each level how
    often it is seen of one entity and of two (policy matching.mention_weight). Before any evidence a mention is any
    of the `entities` alike (of `least_entities` at least).
    """
    if mentions.is_empty() or names.is_empty():
        return pl.DataFrame(schema=_EMPTY)
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    levels = list(_SAME_NAME)
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / max(entities, int(weights["least_entities"])),
        comparisons=[
            _comparison("name", "name_key_l is null", _SAME_NAME, weights["name"]),
            _comparison(
                "district", "district_code_l is null or district_code_r is null", _SAME_DISTRICT, weights["district"]
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on(column) for column in ("name_key", "core", "characters", "start")
        ],
        retain_matching_columns=True,
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        api = DuckDBAPI(connection)
        linker = Linker([api.register(frame.to_arrow()) for frame in (mentions, names)], settings, log_level="ERROR")
        found = linker.inference.predict().as_duckdbpyrelation()
        pairs = pl.DataFrame(
            found.select("unique_id_l, unique_id_r, power(2, match_weight) as odds, gamma_name").to_arrow_table()
        )
    kinds = dict(enumerate(reversed(levels)))
    return pairs.select(
        "unique_id_l",
        "unique_id_r",
        pl.col("odds").clip(upper_bound=_MOST),
        evidence=pl.col("gamma_name").replace_strict(kinds, return_dtype=pl.String),
    )


def _comparison(
    name: str, missing: str, same: Mapping[str, str], weights: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [{"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}]
    for label, sql in same.items():
        of_one, of_two = (float(weight) for weight in weights[label])
        levels.append(
            {"sql_condition": sql, "label_for_charts": label, "m_probability": of_one, "u_probability": of_two}
        )
    return {"output_column_name": name, "comparison_levels": levels}
