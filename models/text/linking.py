"""Which registered entities a text speaks of: patterns found in it, weighed by district, street, trade and lifetime.

Not here: patterns of names (aliases.py), and what a person decided. A text is judged by the names known when it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from models.policy.exact_yaml import read_yaml
from models.text.aliases import BRAND, OFFICIAL, PLAIN, short_district
from models.text.letters import Places, codes_of
from models.text.words import Words

TRADES = Path(__file__).with_name("trades.yaml")
EVIDENCE = ("mentioned_district", "delivered_district", "street", "trade", "alive")
_PATTERN, _DISTRICT, _STREET, _TRADE = range(4)
_SHIFT = 32
_DIGITS = 6
_LONGEST = 1 << 20  # letters of a text
_BETWEEN = "\n"  # two texts: in no name
_RANK = {OFFICIAL: 0, PLAIN: 1, BRAND: 2}
Weights = Mapping[str, Any]


class Register:
    """Entities as texts may name them.

    `names`: entity_id, name, district_code, industry_code, street, known_at, ended_at (null while it lives), a row for
    each way in which an entity stood in the register. `patterns`: name, alias, how. `districts`: code, name.
    A pattern of more than `most_bearers` entities names a trade or a place from the day on which that is known.
    """

    def __init__(self, names: pl.DataFrame, patterns: pl.DataFrame, districts: pl.DataFrame, most_bearers: int) -> None:
        self._names, self._patterns, self._most_bearers = names, patterns, most_bearers
        self._districts = districts.sort("code").with_columns(bit=2 ** pl.int_range(pl.len(), dtype=pl.Int64))
        self._trades = read_yaml(TRADES)
        self._trade_bits = _trade_bits(names["industry_code"], self._trades)
        self._aliases = patterns.select(pl.col("alias").unique().sort()).with_columns(
            pattern=pl.int_range(pl.len(), dtype=pl.Int64)
        )
        self.streets = names.drop_nulls("street").group_by("street").agg(since=pl.col("known_at").min()).sort("street")
        self.streets = self.streets.with_columns(street_no=pl.int_range(pl.len(), dtype=pl.Int64))

    def bearers(self, found: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Patterns by number → length, since when, from when on too common; and every row of the register that has one.

        Of those found only: to gather all takes longer than to read a day's texts.
        """
        named = self._aliases.join(found.unique().to_frame("pattern"), on="pattern", how="semi")
        borne = (
            self._patterns.join(named, on="alias")
            .join(self._names, on="name")
            .join(self.streets.select("street", "street_no"), on="street", how="left")
            .join(self._districts.select(district_code="code", district_bit="bit"), on="district_code", how="left")
            .join(self._trade_bits, on="industry_code", how="left")
        )
        since = borne.group_by("pattern", "entity_id").agg(pl.col("known_at").min()).sort("pattern", "known_at")
        patterns = since.group_by("pattern", maintain_order=True).agg(
            since=pl.col("known_at").first(), generic_from=pl.col("known_at").slice(self._most_bearers, 1).first()
        )
        length = named.select("pattern", length=pl.col("alias").str.len_chars().cast(pl.Int64))
        return patterns.join(length, on="pattern"), borne.drop("name", "alias", "industry_code", "street")

    @cached_property
    def _looked_for(self) -> tuple[Words, Places]:
        """Everything looked for in one pass, and of each word a kind above, a number below."""
        words: list[str] = []
        values: list[Places] = []

        def look_for(kind: int, named: pl.Series | list[str], numbers: Places) -> None:
            words.extend(named)
            values.append((kind << _SHIFT) | numbers)

        full = self._districts["name"]
        for places in (short_district(full), full):
            look_for(_DISTRICT, places, 1 << np.arange(len(places)))
        for number, trade in enumerate(self._trades.values()):
            named = trade["words"].split()
            look_for(_TRADE, named, np.full(len(named), 1 << number))
        look_for(_STREET, self.streets["street"], np.arange(len(self.streets)))
        look_for(_PATTERN, self._aliases["alias"], np.arange(len(self._aliases)))
        return Words.of(words), np.concatenate(values)

    def found(self, texts: pl.Series) -> pl.DataFrame:
        """Return text (position), end, kind and number of everything found in normalised texts, overlapping or not."""
        words, values = self._looked_for
        bounds = (texts.str.len_chars().cast(pl.Int64) + 1).cum_sum().to_numpy()
        last, number = words.every(codes_of(texts.str.join(_BETWEEN).item()))
        text, value = np.searchsorted(bounds, last, "right"), values[number]
        return pl.DataFrame(
            {
                "text": text,
                "end": last - np.concatenate(([0], bounds))[text],
                "kind": value >> _SHIFT,
                "number": value & ((1 << _SHIFT) - 1),
            }
        )


def _spans(found: pl.DataFrame, patterns: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return text and pattern of the longest patterns known when the text was (`known`: text, text_known_at)."""
    there = (
        found.filter(kind=_PATTERN)
        .join(patterns, left_on="number", right_on="pattern")
        .join(known, on="text")
        .filter(pl.col("since") <= pl.col("text_known_at"))
        .with_columns(stop=pl.col("text") * _LONGEST + pl.col("end"))
    )
    start = pl.col("stop") - pl.col("length")
    there = there.sort(start * _LONGEST + (_LONGEST - pl.col("length")))
    is_within = pl.col("stop") <= pl.col("stop").cum_max().shift(1, fill_value=-1)
    is_common = (pl.col("generic_from") <= pl.col("text_known_at")).fill_null(value=False)
    return there.filter(~is_within & ~is_common).select("text", pattern="number").unique(maintain_order=True)


def _trade_bits(industry: pl.Series, trades: Mapping[str, Any]) -> pl.DataFrame:
    """Return industry_code and trade_bits: a bit for every trade that an industry is of."""
    codes = industry.drop_nulls().unique().sort()
    bits = [
        sum(1 << n for n, trade in enumerate(trades.values()) if code.startswith(tuple(trade["industries"])))
        for code in codes
    ]
    return pl.DataFrame({"industry_code": codes, "trade_bits": pl.Series(bits, dtype=pl.Int64)})


def weighed(register: Register, texts: pl.DataFrame) -> pl.DataFrame:
    """Every pattern found in a text with each of its bearers, and whether each piece of evidence agrees; null: unsaid.

    `texts`: text (normalised), district_code (delivered) and known_at; the result names them by their position.
    """
    found = register.found(texts["text"])
    delivered = texts.select(
        text=pl.int_range(pl.len(), dtype=pl.Int64), text_known_at="known_at", said_code="district_code"
    )
    patterns, borne = register.bearers(found.filter(kind=_PATTERN)["number"])
    spans = _spans(found, patterns, delivered.select("text", "text_known_at"))
    meant = found.join(spans.select("text").unique(), on="text", how="semi")
    told = spans.select("text").unique(maintain_order=True).join(delivered, on="text")
    for kind, name in ((_DISTRICT, "said_district"), (_TRADE, "said_trade")):
        bits = meant.filter(kind=kind).group_by("text").agg(pl.col("number").bitwise_or().alias(name))
        told = told.join(bits, on="text", how="left")
    roads = meant.filter(kind=_STREET).select("text", "number").unique().join(told, on="text")
    roads = roads.join(register.streets, left_on="number", right_on="street_no")
    roads = roads.filter(pl.col("since") <= pl.col("text_known_at")).select("text", street_no="number")
    rows = (
        spans.join(told, on="text")
        .join(borne, on="pattern")
        .filter(pl.col("known_at") <= pl.col("text_known_at"))
        .join(roads.select("text", has_street=True).unique(), on="text", how="left")
        .join(roads.with_columns(is_there=True), on=["text", "street_no"], how="left")
    )
    return rows.select(
        "text",
        "pattern",
        "entity_id",
        "how",
        mentioned_district=_level("said_district", (pl.col("said_district") & pl.col("district_bit")) != 0),
        delivered_district=_level("said_code", pl.col("said_code") == pl.col("district_code")),
        street=_level("has_street", pl.col("is_there").is_not_null()),
        trade=pl.when(pl.col("trade_bits") > 0).then(
            _level("said_trade", (pl.col("said_trade") & pl.col("trade_bits")) != 0)
        ),
        alive=(pl.col("ended_at") > pl.col("text_known_at")).fill_null(value=True),
    )


def _level(said: str, agrees: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(said).is_not_null()).then(agrees.fill_null(value=False))


def candidates(rows: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Return text, entity_id, link_probability and evidence (how it is named) of every entity that a text may mean.

    Bearers of one pattern share its chance between them and those who stand in no register; of several ways in which an
    entity is named the best counts.
    """
    ratio = pl.lit(1.0)
    for name in EVIDENCE:
        same, other = (float(weights[name][level][0]) / float(weights[name][level][1]) for level in ("same", "other"))
        ratio *= pl.when(pl.col(name)).then(same).when(~pl.col(name)).then(other).otherwise(1.0)
    rank = pl.col("how").replace_strict(_RANK, return_dtype=pl.Int8)
    best = (
        rows.select("text", "pattern", "entity_id", rank=rank, ratio=ratio)
        .group_by("text", "pattern", "entity_id")
        .agg(pl.col("rank").min(), pl.col("ratio").max())
        .sort("text", "pattern", "ratio")  # so that a sum is taken in one order, and equal to the last digit
    )
    spans = best.group_by("text", "pattern", maintain_order=True).agg(
        bearers=pl.len(), ratios=pl.col("ratio").sum(), named=pl.col("rank").min()
    )
    shares = {_RANK[how]: float(share) for how, share in weights["absent"].items()}
    absent = pl.col("named").replace_strict(shares, return_dtype=pl.Float64)
    chance = pl.col("ratio") / (pl.col("ratios") + absent / (1 - absent) * pl.col("bearers"))
    judged = best.join(spans, on=["text", "pattern"]).with_columns(link_probability=chance.round(_DIGITS))
    # of an entity named twice the surer way counts, and of two as sure the stronger name
    surest = judged.sort("link_probability", "rank", descending=[True, False]).unique(
        ["text", "entity_id"], keep="first", maintain_order=True
    )
    names = {number: how for how, number in _RANK.items()}
    return surest.select(
        "text",
        "entity_id",
        "link_probability",
        evidence=pl.col("rank").replace_strict(names, return_dtype=pl.String),
    ).sort("text", "entity_id")


def fitted(rows: pl.DataFrame, truth: pl.DataFrame) -> dict[str, Any]:
    """Weights by counting: how often each level is seen of who is meant and of other bearers of the same pattern.

    `truth`: text and entity_id of texts whose meaning is known.
    """
    known = (
        rows.group_by("text", "pattern", "entity_id", "how")
        .agg(pl.col(EVIDENCE).max())  # of several rows of one entity the one that agrees
        .join(truth.rename({"entity_id": "true_id"}), on="text")
        .with_columns(is_meant=pl.col("entity_id") == pl.col("true_id"))
    )
    told: dict[str, Any] = {}
    spans = known.group_by("text", "pattern").agg(pl.col("how").first(), pl.col("is_meant").any())
    told["absent"] = {how: 1 - share for how, share in spans.group_by("how").agg(pl.col("is_meant").mean()).iter_rows()}
    for name in EVIDENCE:
        seen = known.drop_nulls(name).group_by("is_meant", name).len()
        shares = seen.with_columns(share=pl.col("len") / pl.col("len").sum().over("is_meant"))
        by = {(meant, level): share for meant, level, _, share in shares.iter_rows()}
        told[name] = {
            level: [by.get((meant, agrees), 0.0) for meant in (True, False)]
            for level, agrees in (("same", True), ("other", False))
        }
    return told
