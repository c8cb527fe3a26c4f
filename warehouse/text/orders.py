"""`text.order_category` and `text.order_candidate`: what kind of matter each hotline order is about, by its title.

Not here: what people decide about it (labels.py) and who is asked (sql/mart/order_review.sql).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from models.policy.loader import InForce
from models.text.category import gates, suggest
from warehouse.build import source_digest
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.stamps import Stamps, digest
from warehouse.text.model_cards import current, version
from warehouse.text.scoring import Answers, bring_up

_ANSWERS = Answers(
    "text.order_category",
    "text.order_candidate",
    ("feed_id", "case_id", "known_at"),
    "fact.service_case",
    "case_kind = 'hotline' and (superseded_at is null or superseded_at > known_at)",
    "coalesce(title, '')",
)


def recipe(rules: InForce) -> str:
    """Return what a suggestion rests on besides text and model."""
    return digest(source_digest("models/text"), rules.value("text.category_gate"))


def write_categories(engine: DuckDBEngine, home: Home, rules: InForce) -> int:
    """Bring both tables up to date and return the rows of `text.order_category`."""
    used = version(engine, "category")
    model, least = current(home, "category", used), gates(rules)

    def answered(texts: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        found = suggest(model, texts, least)
        offered = [
            (place, rank, code, probability)
            for place, one in enumerate(found)
            if one.needs_person
            for rank, (code, probability) in enumerate(one.offered, start=1)
        ]
        return {
            "text.order_category": pl.DataFrame(
                {
                    "place": range(len(found)),
                    "suggested_code": pl.Series([one.code for one in found], dtype=pl.String),
                    "category_level": pl.Series([one.level for one in found], dtype=pl.Int8),
                    "category_probability": [one.probability for one in found],
                    "needs_person": [one.needs_person for one in found],
                },
            ),
            "text.order_candidate": pl.DataFrame(
                offered,
                schema={
                    "place": pl.Int64, "rank_no": pl.Int64, "suggested_code": pl.String,
                    "category_probability": pl.Float64,
                },
                orient="row",
            ),
        }  # fmt: skip

    rows = bring_up(engine, _ANSWERS, f"{used}.{recipe(rules)[:6]}", answered)
    Stamps(engine).put("text.order_candidate", digest(used, recipe(rules), Stamps(engine).get("fact.service_case")))
    return rows
