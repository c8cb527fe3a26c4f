"""`text.reading` and `text.risk`: what the models read in every version of every public text.

Not here: whom a text means (linking), and what is counted of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from models.policy.loader import InForce
from models.text.reading import Gates, read
from warehouse.build import source_digest
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.stamps import Stamps, digest
from warehouse.text.model_cards import current, version
from warehouse.text.scoring import Answers, bring_up

_ANSWERS = Answers(
    "text.reading",
    "text.risk",
    ("feed_id", "text_id", "known_at"),
    "fact.text_item",
    "(superseded_at is null or superseded_at > known_at)",  # the others were never in force
    "coalesce(title || '。', '') || body",
)


def recipe(rules: InForce) -> str:
    """Return what a reading rests on besides text and model: code, word lists and gates."""
    return digest(source_digest("models/text"), rules.value("text.risk_gate"))


def write_reading(engine: DuckDBEngine, home: Home, rules: InForce) -> int:
    """Bring both tables up to date and return the rows of `text.reading`."""
    used = version(engine, "sentiment")
    model, gates = current(home, "sentiment", used), Gates.from_policy(rules)

    def answered(texts: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        found = read(model, texts, gates)
        proofs = [(place, risk, term) for place, told in found.risks.items() for risk, term in told.items()]
        proved = pl.DataFrame(
            proofs, schema={"place": pl.Int64, "risk_id": pl.String, "risk_term": pl.String}, orient="row"
        ).sort("place", "risk_id")
        named = proved.group_by("place", maintain_order=True).agg(risk_ids=pl.col("risk_id").str.join(";"))
        whole = pl.DataFrame(
            {
                "place": pl.int_range(len(texts), eager=True),
                "polarity": found.polarity,
                "polarity_probability": found.probability,
                "text_severity": found.severity,
            }
        )
        return {"text.reading": whole.join(named, on="place", how="left"), "text.risk": proved}

    rows = bring_up(engine, _ANSWERS, f"{used}.{recipe(rules)[:6]}", answered)
    Stamps(engine).put("text.risk", digest(used, recipe(rules), Stamps(engine).get("fact.text_item")))
    return rows
