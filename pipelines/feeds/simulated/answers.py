"""The answer files: what is true in the zone and what was planted, for tests and for measuring the platform.

Not here: anything a feed may read; the folder `_answers` matches no glob of feed.yaml.
"""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.feeds.simulated.approvals import bottlenecks
from pipelines.feeds.simulated.delivery import day_column
from pipelines.feeds.simulated.dirt import Ledger
from pipelines.feeds.simulated.gaming import windows
from pipelines.feeds.simulated.hotline import bursts
from pipelines.feeds.simulated.lists import inspector_ids, strictness
from pipelines.feeds.simulated.world import World

_SUCCESSION = np.array(["conversion", "merger", "split"])


def write_answers(out: Path, world: World, ledger: Ledger, texts: dict[str, pl.DataFrame]) -> None:
    """Write <out>/_answers/*.parquet."""
    folder = out / "_answers"
    folder.mkdir(parents=True, exist_ok=True)
    counts = sorted(ledger.counts.items())
    tables = {
        "tendency": _tendency(world),
        "strictness": pl.DataFrame({"inspector_id": inspector_ids(), "strictness": strictness(world.chance)}),
        "identity": _identity(world),
        "burst": bursts(world),
        "bottleneck": bottlenecks(),
        "gaming": windows(),
        **texts,
        "code_truth": pl.concat(ledger.identities),
        "dirt": pl.DataFrame(
            [(source, kind, rows) for (source, kind), rows in counts],
            schema=["source_id", "kind", "rows"],
            orient="row",
        ),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")


def _tendency(world: World) -> pl.DataFrame:
    entities = world.entities
    known = entities.known
    return pl.DataFrame(
        {
            "entity_code": entities.code.gather(known),
            "tendency": entities.tendency[known],
            "established_date": day_column(entities.established[known]),
            "ended_date": day_column(entities.ended[known]),
        }
    )


def _identity(world: World) -> pl.DataFrame:
    """Pairs of codes for one business: registered twice (duplicate), or continued under a new code."""
    entities = world.entities
    parts = []
    for other, kind in (
        (entities.twin, np.full(len(entities.ids), "duplicate")),
        (entities.forerunner, _SUCCESSION[entities.succession]),
    ):
        at = np.flatnonzero(other >= 0)
        parts.append(
            pl.DataFrame(
                {
                    "entity_code": entities.code.gather(at),
                    "other_code": entities.code.gather(other[at]),
                    "kind": pl.Series(kind[at].tolist(), dtype=pl.String),
                }
            )
        )
    return pl.concat(parts)
