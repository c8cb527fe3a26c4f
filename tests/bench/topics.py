"""`python -m tests.bench.topics`: planted events found again, the cost of a day, and what real messages gather to.

Not here: what the figures should be (docs/text_topics.md).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from models.text.events import Rule
from tests.bench.linking import LAST_DAY, Zone
from tests.warehouse import small
from warehouse import catalog, known
from warehouse.engine import DuckDBEngine
from warehouse.text import topic_stream

_FIRST_DAY = date(2021, 11, 1)
_LEAST = 10  # texts that a planted event needs to be looked for


def planted(scale: float, seed: int, **changed: float) -> dict[str, Any]:
    """Recall and purity of the planted events of a simulated zone, each by the event that holds most of its texts."""
    with tempfile.TemporaryDirectory() as folder, small.opened(Path(folder) / "w.duckdb") as engine:
        zone = Zone(engine, Path(folder), scale, seed)
        zone.refresh(LAST_DAY)
        small.sql_table(engine, "fact.service_case")
        cases = catalog.contracts("fact")["service_case"]
        known.create_known_view(engine, cases, LAST_DAY, datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 16))
        return {"scale": scale, "seed": seed, **held(engine, zone, **changed)}


def held(engine: DuckDBEngine, zone: Zone, **changed: float) -> dict[str, Any]:
    """The figures of a zone whose texts are linked and whose reposts are known; `changed` parts of the rule."""
    rule = Rule.of({**zone.policy.value("text.topic"), **changed})
    before = time.process_time()
    topic_stream.bring_up(engine, rule, _FIRST_DAY, f"bench {changed}")
    cost = time.process_time() - before
    found = engine.frame("select item_id as text_id, event_no from delta.topic_item where item_kind = 'text'")
    found = found.with_columns(event_no=pl.Series(topic_stream.followed(engine, found["event_no"]), dtype=pl.Int64))
    true = found.join(zone.truth["text_truth"].select("text_id", "event_id"), on="text_id", how="left")
    size = dict(found.group_by("event_no").len().iter_rows())
    recall, purity = [], []
    for _, texts in true.drop_nulls("event_id").group_by("event_id", maintain_order=True):
        if len(texts) >= _LEAST:
            best = texts.group_by("event_no").len().sort("len", "event_no", descending=[True, False]).row(0)
            recall.append(best[1] / len(texts))
            purity.append(best[1] / size[best[0]])
    return {
        "texts": len(found),
        "events": len(recall),
        "recall": round(sum(recall) / len(recall), 3),
        "lowest_recall": round(min(recall), 3),
        "purity": round(sum(purity) / len(purity), 3),
        "lowest_purity": round(min(purity), 3),
        "cpu_seconds": round(cost, 1),
    }


def main() -> int:
    """Print a line of JSON for each seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.topics", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--seeds", default="1", help="comma-separated")
    given = parser.parse_args()
    for seed in given.seeds.split(","):
        sys.stdout.write(json.dumps(planted(given.scale, int(seed))) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
