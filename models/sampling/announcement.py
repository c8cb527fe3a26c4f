"""What is published before any value is revealed: roots, counts, digests and sealed values, bound into one digest.

Nothing in it tells a grade; who keeps the files and the order of the steps is warehouse/ceremony.py.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from models.sampling import protocol
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_text import PLAN, TABLES, files_of, json_bytes

_SALT = re.compile(r"[0-9a-f]{64}")
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Commitment:
    """What a party handed in: its name, and the hash that binds it to a value."""

    party: str
    commitment: str


@dataclass(frozen=True)
class Reveal:
    """The value of a party, and the salt without which a short value could be guessed from its commitment."""

    party: str
    salt: str
    value: str

    def commitment(self, plan_id: str, round_no: int) -> str:
        """The hash of this value for a plan and round. Raises ValueError when salt or value break the rule."""
        if not _SALT.fullmatch(self.salt):
            raise ValueError(f"the salt of {self.party} is not 64 lower-case hex digits (32 random bytes)")
        if not 0 < len(self.value) <= _LONGEST_VALUE or not self.value.isprintable():
            raise ValueError(f"the value of {self.party} is not 1–{_LONGEST_VALUE} printable characters on one line")
        return protocol.commitment(plan_id, round_no, self.party, self.salt, self.value)


def announcement(
    plan: FrozenPlan,
    key: str,
    parties: Sequence[Commitment],
    *,
    reveal_by: date,
    verifier_digest: str,
    before: Sequence[bytes] = (),
    refused: Sequence[str] = (),
) -> bytes:
    """The announcement of the next round: the first, or one more after rounds that a party made void by refusing.

    `before` are the announcements of the void rounds, `refused` the parties of the last of them that did not reveal.
    Raises ValueError for fewer than two parties, a name twice, or a party that refused earlier.
    """
    names = [party.party for party in parties]
    if len(names) < 2 or len(set(names)) != len(names) or not all(names):
        raise ValueError(f"a draw needs at least two parties with names of their own; got {names}")
    if barred := sorted({*refused, *(name for told in before for name in _refused(told))} & set(names)):
        raise ValueError(f"{', '.join(barred)} refused to reveal in an earlier round and may not take part again")
    if bool(before) != bool(refused):
        raise ValueError("a further round needs a party that refused, and a first round has none")
    document = {
        "protocol": protocol.PROTOCOL,
        "plan_id": plan.plan_id,
        "title": plan.title,
        "kind": plan.kind,
        "round": len(before) + 1,
        "as_of": plan.as_of.isoformat(),
        "window_from": plan.window_from.isoformat(),
        "window_to": plan.window_to.isoformat(),
        "inspectors_per_visit": plan.inspectors_per_visit,
        "policy_digest": plan.policy_digest,
        "verifier_digest": verifier_digest,
        "key_commitment": protocol.key_commitment(plan.plan_id, key),
        "plan_seal": plan_seal(plan, key),
        "roots": roots(plan, key),
        "frame_count": plan.frame.height,
        "drawn_count": sum(stratum.drawn for stratum in plan.strata),
        "parties": [asdict(party) for party in sorted(parties, key=lambda party: party.party.encode())],
        "reveal_by": reveal_by.isoformat(),
        "previous": hashlib.sha256(before[-1]).hexdigest() if before else "",
        "refused": sorted(refused, key=str.encode),
    }
    return json_bytes(document)


def _refused(told: bytes) -> list[str]:
    return list(json.loads(told)["refused"])


def plan_seal(plan: FrozenPlan, key: str) -> str:
    """Binds plan.json (tasks, strata, ratios, sizes) without telling anything of it."""
    return protocol.seals(key, "plan", [(hashlib.sha256(files_of(plan)[PLAN]).hexdigest(),)])[0]


def frame_seals(plan: FrozenPlan, key: str) -> list[str]:
    """What the public sees in place of stratum, size and district: one hash per row of the frame, none like another."""
    return protocol.seals(key, "frame", _rows(plan, "frame"))


def frame_leaves(plan: FrozenPlan, key: str) -> list[bytes]:
    """Leaves of the frame's tree in order of task and entity: task, entity and seal."""
    pairs = plan.frame.select("task_id", "entity_code").iter_rows()
    return [protocol.leaf((*pair, seal)) for pair, seal in zip(pairs, frame_seals(plan, key), strict=True)]


def roots(plan: FrozenPlan, key: str) -> dict[str, str]:
    """Merkle root of each table of a plan in canonical form; the leaves of the others hold their seals alone."""
    found = {"frame": protocol.root(frame_leaves(plan, key))}
    for table in TABLES:
        if table != "frame":
            sealed = protocol.seals(key, table, _rows(plan, table))
            found[table] = protocol.root([protocol.leaf((seal,)) for seal in sealed])
    return found


def _rows(plan: FrozenPlan, table: str) -> list[tuple[str, ...]]:
    """The fields of each row as the CSV file writes them."""
    given: pl.DataFrame = getattr(plan, table)
    return given.select(pl.all().cast(pl.String).fill_null("")).rows()


def check_reveals(announced: Mapping[str, Any], reveals: Sequence[Reveal]) -> None:
    """Raises ValueError unless every party of an announcement, and nobody else, revealed what it is bound to."""
    bound = {party["party"]: party["commitment"] for party in announced["parties"]}
    names = [reveal.party for reveal in reveals]
    if len(set(names)) != len(names) or not set(names) <= set(bound):
        raise ValueError(f"values of {names} were given; the parties are {sorted(bound)}, each once")
    for reveal in reveals:
        if reveal.commitment(announced["plan_id"], announced["round"]) != bound[reveal.party]:
            raise ValueError(f"the value of {reveal.party} is not the one it committed itself to; it is refused")
    if missing := sorted(set(bound) - set(names)):
        raise ValueError(
            f"{', '.join(missing)} did not reveal; until all have, nobody is drawn. When the time for it "
            f"({announced['reveal_by']}) has passed, announce another round without them"
        )


def seed_of(announced: bytes, key: str, reveals: Sequence[Reveal]) -> str:
    """Seed of the draw that an announcement and the values revealed for it fix."""
    told = hashlib.sha256(announced).hexdigest()
    return protocol.seed(told, key, [(reveal.party, reveal.salt, reveal.value) for reveal in reveals])
