"""The Splink model of two files of business records: what is compared, at which levels, and how it learns.

Not here: reading and writing the files (pairs.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import duckdb

WEIGHT_OF_RARE = 4
_SAMPLE = 1_500  # rows a side from which chance agreement is counted: 2 million pairs
_LEAST = 0.01  # pairs below are never of use
_SELDOM = 0.0001  # chance of an agreement that two businesses of a sample never showed
_BY_RARITY = ("whole_name", "name", "place")
_JARO = "jaro_winkler_similarity({0}_l, {0}_r)"
_LIKE_LONG = "2 * least(length(name_l), length(name_r)) > greatest(length(name_l), length(name_r))"
_SHARED = "len(list_intersect(weights_l, weights_r))"
_OF_FEWER = "least(len(weights_l), len(weights_r))"
_TELLING = f"{_SHARED} >= {WEIGHT_OF_RARE}"


def _levels(*levels: tuple[str, str, float], missing: str, fixed: str = "") -> list[dict[str, Any]]:
    """Levels of one comparison: (label, SQL, first guess of m), best first; the m of the level `fixed` is not learnt.

    Agreement on a plain column counts for more where its value is rare.
    """
    found: list[dict[str, Any]] = [{"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}]
    for label, sql, guess in levels:
        level: dict[str, Any] = {"sql_condition": sql, "label_for_charts": label, "m_probability": guess}
        level["u_probability"] = 1 - _SELDOM if sql == "ELSE" else _SELDOM  # counted below, where it is ever seen
        column = sql.split("_l = ")[0]
        if sql == f"{column}_l = {column}_r" and column in _BY_RARITY:
            level["tf_adjustment_column"] = column
        if label == fixed:
            level["fix_m_probability"] = True
        found.append(level)
    return found


_COMPARISONS: dict[str, list[dict[str, Any]]] = {
    "name": _levels(
        ("same as written", "whole_name_l = whole_name_r", 0.70),
        ("same", "name_l = name_r", 0.10),
        ("same short name", "name_l = other_name_r or other_name_l = name_r or other_name_l = other_name_r", 0.02),
        ("one within the other", f"{_TELLING} and {_SHARED} = {_OF_FEWER}", 0.07),
        ("alike", f"{_JARO.format('name')} >= 0.93 or ({_TELLING} and 5 * {_SHARED} >= 3 * {_OF_FEWER})", 0.05),
        (
            "somewhat alike",
            f"({_JARO.format('name')} >= 0.86 and {_LIKE_LONG}) or ({_TELLING} and 3 * {_SHARED} >= {_OF_FEWER})",
            0.03,
        ),
        ("different", "ELSE", 0.0005),
        missing="name_l is null or name_r is null",
        fixed="different",  # among neighbours at one address EM cannot tell a change of name from another business
    ),
    "name_number": _levels(
        ("same", "name_number_l = name_number_r", 0.90),
        ("alike", "levenshtein(name_number_l, name_number_r) = 1", 0.07),
        ("different", "ELSE", 0.03),
        missing="name_number_l is null or name_number_r is null",
        fixed="different",
    ),
    "place": _levels(
        ("same place", "place_l = place_r and street_l = street_r", 0.85),
        ("same number and street name", "place_l = place_r", 0.05),
        (
            "same number, street alike",
            f"house_number_l = house_number_r and {_JARO.format('street_core')} >= 0.85",
            0.03,
        ),
        ("same street, near", "street_core_l = street_core_r and abs(house_number_l - house_number_r) <= 30", 0.02),
        ("same number", "house_number_l = house_number_r", 0.01),
        ("same street", "street_core_l = street_core_r", 0.02),
        ("different", "ELSE", 0.02),
        missing="place_l is null or place_r is null",
    ),
    "unit": _levels(
        ("same", "unit_l = unit_r", 0.9),
        ("different", "ELSE", 0.1),
        missing="unit_l is null or unit_r is null",
    ),
    **{
        part: _levels(
            ("same", f"{part}_l = {part}_r", guess),
            ("different", "ELSE", 1 - guess),
            missing=f"{part}_l is null or {part}_r is null",
        )
        for part, guess in (("postcode", 0.95), ("phone", 0.8), ("legal_form", 0.9), ("district", 0.9))
    },
}


def score(connection: duckdb.DuckDBPyConnection, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Return candidate pairs (unique_id_l, unique_id_r, match_probability) of two frames of records.

    Both frames hold the columns of models.matching.record.Record without its tokens, `unique_id`, `id`, `name_start`,
    `rare_tokens`, and in `weights` every word as often as it is telling (WEIGHT_OF_RARE times at most), in an order
    that follows from their content.
    """
    from splink import DuckDBAPI, Linker, block_on

    parts = [part for part in _COMPARISONS if left[part].count() and right[part].count()]

    def linker(of: dict[str, Any], *frames: pl.DataFrame) -> Linker:
        api = DuckDBAPI(connection)
        made = Linker([api.register(frame.to_arrow()) for frame in frames], of, log_level="ERROR")
        for column in _BY_RARITY:
            table = api.register(_chance_of_value(column, *frames).to_arrow())
            made.table_management.register_term_frequency_lookup(table, column)
        return made

    # Two businesses of one file are never the same one: what they have in common, they have by chance.
    single = max(left, right, key=len).unique("id", keep="first", maintain_order=True)
    half = min(_SAMPLE, len(single) // 2)
    chance = linker(_settings(parts), single.head(half), single.slice(half, half))
    chance.training.estimate_u_using_random_sampling(max_pairs=10 * _SAMPLE**2, min_count_per_level=None, num_chunks=1)
    learnt = linker(chance.misc.save_model_to_json(), left, right)
    together = [part for part in ("place", "postcode", "phone", "district") if part in parts][:1]
    learnt.training.estimate_probability_two_random_records_match([block_on("name", *together)], recall=0.8)
    # Pairs of one name teach what addresses do, pairs of one address what names do; without one, a like start has to.
    for rule in (["name"], ["place"] if "place" in parts else ["name_start"]):
        learnt.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )
    found = learnt.inference.predict(threshold_match_probability=_LEAST).as_duckdbpyrelation()
    return pl.DataFrame(found.select("unique_id_l, unique_id_r, match_probability").to_arrow_table())


def _chance_of_value(column: str, *frames: pl.DataFrame) -> pl.DataFrame:
    """How often each value stands with another business: its rows in the file that has most of them, but for one half.

    A value that each file holds once says as much as a list of that length can.
    """
    counts = pl.concat([frame.group_by(column).len("rows") for frame in frames]).drop_nulls()
    return (
        counts.group_by(column)
        .agg(((pl.col("rows").max() - 0.5) / max(map(len, frames))).alias(f"tf_{column}"))
        .sort(column)
    )


def _settings(parts: list[str]) -> dict[str, Any]:
    """The model over the parts that both files give."""
    from splink import SettingsCreator, block_on

    rules = [["name"], ["whole_name"], ["other_name"], ["place"], ["house_number", "postcode"], ["phone"]]
    rules += [["house_number", "name_start"], ["street_core", "name_start"], ["postcode", "name_start"]]
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            {"output_column_name": part, "comparison_levels": levels}
            for part, levels in _COMPARISONS.items()
            if part in parts
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(*rule) for rule in rules),
            block_on("rare_tokens", arrays_to_explode=["rare_tokens"]),
        ],
        retain_matching_columns=False,
    ).create_settings_dict("duckdb")
