"""`text.polarity`: what the text models say of every version of every text.

The models stand in models/text; linking to entities happens in sql/fact/text_item.sql.
"""

from __future__ import annotations

import polars as pl

from models.text.polarity import polarities
from warehouse.engine import DuckDBEngine

_TEXTS = """
select feed_id, text_id, known_at, coalesce(title || '。', '') || body as whole from fact.text_item
where superseded_at is null or superseded_at > known_at -- the others were never in force
"""


def write_polarity(engine: DuckDBEngine) -> int:
    """(Re)build `text.polarity` and return its rows."""
    texts = engine.frame(_TEXTS)
    said = pl.Series("polarity", polarities(texts["whole"]), dtype=pl.Int8)
    return engine.load_frame("text.polarity", texts.drop("whole").with_columns(said))
