"""`python -m tests.bench.linking`: what texts say and whom they mean, reposts and brigades, held against what was planted.

The cost stands beside that of a plain pipeline on a sample (plain_text.py), in one run.

Builds a simulated zone of register and texts only. Not here: what the figures should be (docs/text_linking.md).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from models.policy.loader import Policy
from models.text.aliases import bare
from models.text.linear import LinearModel
from models.text.linking import fitted, weighed
from models.text.own import SHIPPED
from models.text.reading import Gates, read
from pipelines.feeds.simulated.delivery import Courier
from pipelines.feeds.simulated.dirt import Ledger
from pipelines.feeds.simulated.register import deliver_registration
from pipelines.feeds.simulated.texts import deliver_texts
from pipelines.feeds.simulated.world import build
from tests.bench.plain_text import texts_a_second
from tests.warehouse import small
from warehouse import catalog, known, parameters
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed
from warehouse.home import Home
from warehouse.linking import candidates, verdicts
from warehouse.text import campaigns, links, model_cards, reading, reposts

LAST_DAY = date(2026, 10, 31)
_ENTITY = ("code", "bearer", "name", "mention")
_TEXT = "select feed_id, text_id, known_at, coalesce(title || '，', '') || body as whole, district_code from known.text_item"


class Zone:
    """A warehouse with the register and the texts of a simulated zone, and the truth of it; seconds are of the CPU."""

    def __init__(self, engine: DuckDBEngine, folder: Path, scale: float, seed: int) -> None:
        self.engine, self.folder, self.cost = engine, folder, dict[str, float]()
        self.policy = Policy.load().at(LAST_DAY)
        with self.timed("simulated texts"):
            world = build(scale, seed)
            courier = Courier(folder / "data", world.chance, Ledger(), lambda *_: None)
            self.truth = deliver_texts(world, courier)
        deliver_registration(world, courier)
        self.home = Home.at(folder / "home")
        feed, archive = load_feed(small.PACKS / "simulated"), Archive(self.home.deliveries)
        archive.receive(feed, folder / "data")
        with self.timed("raw"):
            for name, table in catalog.contracts("raw").items():
                if name in ("registration", "text_item"):
                    small.load(engine, archive, feed, name)
                else:
                    small.fill(engine, table.qualified, [])
        small.fill(engine, "run.feed", [{"feed_id": feed.feed, "code_system": feed.code_system, "zone": feed.zone}])
        parameters.write_reference(engine, "district", "select district_code, name as district_name")
        parameters.write_policy(engine, Policy.load(), LAST_DAY)
        verdicts.write_verdicts(engine, [])
        links.write_verdicts(engine, [])

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        before = time.process_time()
        yield
        self.cost[name] = time.process_time() - before

    def refresh(self, day: date, told: str = "") -> None:
        """Bring the tables of texts up to a day."""
        engine, known_by = self.engine, datetime(day.year, day.month, day.day, 16)  # its end in Shanghai
        small.fill(engine, "run.info", [{"as_of": day, "known_by": known_by}])
        with self.timed(f"names and facts{told}"):
            small.sql_table(engine, *(f"entity.{name}" for name in _ENTITY))
            candidates.write_candidates(engine, self.policy)
            small.sql_table(engine, "entity.link", "fact.text_item")
            known.create_known_view(engine, catalog.contracts("fact")["text_item"], day, known_by)
            model_cards.write_models(engine, self.home, [])
        steps: dict[str, Callable[[], Any]] = {
            "scores and tags": lambda: reading.write_reading(engine, self.home, self.policy),
            "candidates": lambda: links.write_candidates(engine, self.policy, "bench"),
            "links": lambda: small.sql_table(engine, "text.link"),
            "reposts": lambda: reposts.write_reposts(engine, self.policy, "bench"),
            "brigades": lambda: campaigns.write_campaigns(engine, self.policy),
            "evidence": lambda: small.sql_table(engine, "text.evidence"),
        }
        for name, work in steps.items():
            with self.timed(name + told):
                work()

    def linking(self) -> dict[str, float]:
        """Precision and recall of links; `by wording` leaves out what a delivered name settled."""
        codes = self.engine.frame("select entity_id, entity_code from entity.code")
        said = self.engine.frame("select distinct text_id, entity_id, evidence from text.link where is_linked").join(
            codes, on="entity_id"
        )
        there = self.engine.frame("select text_id, entity_id is null as is_unnamed from known.text_item")
        truth = (
            self.truth["text_truth"].select("text_id", true="entity_code", mention="mention").join(there, on="text_id")
        )
        found = said.join(truth, on="text_id").with_columns(is_right=pl.col("entity_code").eq_missing(pl.col("true")))
        meant, right = truth.drop_nulls("true"), found.filter("is_right").select("text_id").unique()
        told = {}
        for name, rows, asked in (
            ("all", found, meant),
            ("by wording", found.filter(pl.col("evidence") != "delivered"), meant.filter("is_unnamed")),
        ):
            told[f"precision, {name}"] = float(rows["is_right"].mean())  # type: ignore[arg-type]
            told[f"recall, {name}"] = len(asked.join(right, on="text_id", how="semi")) / len(asked)
        for (mention,), rows in sorted(meant.filter("is_unnamed").group_by("mention")):
            told[f"recall, {mention}"] = len(rows.join(right, on="text_id", how="semi")) / len(rows)
        return told

    def reposts(self) -> dict[str, float]:
        """Precision and recall of reposts; texts of brigades are left out: near copies are planted there as such."""
        truth = self.truth["text_truth"].with_columns(first=pl.coalesce("repost_of", "text_id"))
        there = self.engine.frame("select text_id from known.text_item")
        truth = truth.join(there, on="text_id", how="semi").filter(pl.col("brigade_id").is_null())
        first = dict(truth.select("text_id", "first").iter_rows())
        said = self.engine.frame("select text_id, first_text_id from text.repost").join(truth, on="text_id", how="semi")
        right = sum(first[text] == first.get(one) for text, one in said.iter_rows())
        copies = truth.filter(pl.col("repost_of").is_in(list(first)))
        found = len(copies.join(said, on="text_id", how="semi"))
        return {"precision": right / len(said), "recall": found / len(copies), "planted": len(copies)}

    def brigades(self) -> dict[str, float]:
        """Planted brigades of which most texts were found in one, and brigades found where none was planted."""
        truth = self.truth["text_truth"].select("text_id", "brigade_id")
        said = self.engine.frame("select campaign_id, text_id from text.campaign_text").join(truth, on="text_id")
        planted = truth.drop_nulls("brigade_id").group_by("brigade_id").len("planted")
        found = said.drop_nulls("brigade_id").group_by("brigade_id").len("found").join(planted, on="brigade_id")
        hit = found.filter(pl.col("found") * 2 > pl.col("planted"))
        pure = said.group_by("campaign_id").agg(pl.col("brigade_id").is_null().mean().alias("strange"))
        return {
            "planted": len(planted),
            "found": len(hit),
            "texts found": found["found"].sum() / planted["planted"].sum(),
            "false brigades": len(pure.filter(pl.col("strange") > 0.5)),
            "texts wrongly in one": int(said["brigade_id"].is_null().sum()),
        }

    def weights(self) -> dict[str, Any]:
        """Weights of the evidence counted on this zone: what policy matching.text_link_weight was taken from."""
        weights = self.policy.value("matching.text_link_weight")
        self.engine.run(f"create or replace temp table text_name_now as {links.NAMES}")
        register = links.register(self.engine, self.policy, weights)
        texts = self.engine.frame(
            f"select text_id, known_at, district_code, whole as text from ({_TEXT}) order by 1"
        ).with_columns(bare(pl.col("text")))
        codes = self.engine.frame("select entity_id, entity_code from entity.code")
        truth = self.truth["text_truth"].drop_nulls("entity_code").join(codes, on="entity_code")
        numbered = texts.select("text_id", text=pl.int_range(pl.len(), dtype=pl.Int64)).join(truth, on="text_id")
        return fitted(weighed(register, texts), numbered.select("text", "entity_id"))

    def peer(self, sample: int) -> str:
        """Texts a core reads in a second, ours and by a plain pipeline, on one sample; what is read of them is not equal."""
        texts = self.engine.frame(f"select whole from ({_TEXT}) order by hash(text_id) limit {sample}")[
            "whole"
        ].to_list()
        model, gates = LinearModel.load(SHIPPED / "sentiment.npz"), Gates.from_policy(self.policy)
        before = time.process_time()
        read(model, texts, gates)
        ours, plain = len(texts) / (time.process_time() - before), texts_a_second(texts)
        return f"polarity, severity and risks {ours:,.0f} texts a second, jieba and scikit-learn {plain:,.0f}: × {ours / plain:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--fit", action="store_true", help="print the weights counted on this zone")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        DuckDBEngine(Path(folder) / "bench.duckdb", Path(folder) / "temp") as engine,
    ):
        zone = Zone(engine, Path(folder), given.scale, given.seed)
        zone.refresh(LAST_DAY - timedelta(days=1))
        zone.refresh(LAST_DAY, ", one day more")
        texts = engine.count("known.text_item")
        told = [f"{texts:,} texts, {engine.count('entity.code'):,} entities, seed {given.seed}"]
        told += [f"  {name:32} {seconds:8.2f} CPU s" for name, seconds in zone.cost.items()]
        asked = sum(zone.cost[name] for name in ("scores and tags", "candidates", "links", "reposts"))
        told.append(f"  {'scores, tags, links and reposts':32} {asked:8.2f} CPU s")
        for name in ("linking", "reposts", "brigades"):
            figures = {key: round(value, 4) for key, value in getattr(zone, name)().items()}
            told.append(f"{name} {json.dumps(figures)}")
        told.append(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")
        told.append(zone.peer(20_000))
        if given.fit:
            told.append(json.dumps(zone.weights(), indent=1))
        sys.stdout.write("\n".join([*told, ""]))


if __name__ == "__main__":
    main()
