"""Proposed policies and what they would change: kept in `<home>/proposals` until somebody removes them.

How the grades under a policy are found stands in regrade; nothing here touches a published grade.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from models.policy.loader import Policy
from warehouse import grade_change, ledger, regrade, rules
from warehouse.home import Home
from warehouse.serving import ServingReader


@dataclass(frozen=True)
class Proposal:
    """One comparison: today's policy against a proposed one, on the snapshot of a run.

    `rules` differ on the day; `not_shown` are those whose effect only a refresh can tell.
    """

    name: str
    run_id: str
    as_of: str
    policy_version: str
    made_at: str
    rules: list[str]
    not_shown: list[str]


def compare(home: Home, reader: ServingReader, folder: Path) -> tuple[Proposal, pl.DataFrame]:
    """Grade every entity under the policy of `folder`, keep what moves for the pages, and return both.

    Raises:
        PolicyError: the folder does not exist or a rule in it is wrong.
        NotPublishedError: nothing was published yet.
    """
    info = reader.query("select run_id, as_of, policy_version from run.info").row(0, named=True)
    day: date = info["as_of"]
    today = rules.kept(home, info["policy_version"])
    proposed = Policy.load(*today.overlays, folder)
    changed = regrade.changed(today, proposed, day)
    moved = grade_change.moves(ledger.graded(reader), regrade.regrade(reader, proposed.at(day)))
    name = re.sub(r"[^\w.-]+", "_", folder.resolve().name)
    made_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    made = Proposal(name, info["run_id"], str(day), proposed.version(day), made_at, changed, regrade.beyond(changed))
    home.proposals.mkdir(exist_ok=True, mode=0o700)
    moved.write_parquet(home.proposals / f"{name}.parquet")
    (home.proposals / f"{name}.json").write_text(json.dumps(asdict(made), ensure_ascii=False), encoding="utf-8")
    return made, moved


def kept(home: Home) -> list[Proposal]:
    """Return the comparisons that were made, latest first."""
    found = [Proposal(**json.loads(path.read_text("utf-8"))) for path in home.proposals.glob("*.json")]
    return sorted(found, key=lambda made: (made.made_at, made.name), reverse=True)


def moves(home: Home, made: Proposal) -> pl.DataFrame:
    """Return the entities that a proposal would move, as grade_change.moves has them."""
    return pl.read_parquet(home.proposals / f"{made.name}.parquet")
