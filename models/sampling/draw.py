"""The stratified draw: how many of a stratum, and which, by tickets.

Not here: the hashes (protocol.py), unequal probabilities (pps.py), the ratios (ratio.py), and who visits (team.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from models.sampling import pps
from models.sampling.frozen import FrozenPlan, Stratum
from models.sampling.protocol import START_TAG, below, tickets

PPM = 1_000_000


class Ticketed(NamedTuple):
    """An entity with its ticket, and its inclusion probability as a fraction of whole numbers."""

    entity_code: str
    ticket: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class StratumDraw:
    """A whole stratum: the drawn in ticket order, then the others in the order in which they replace one of them.

    In strata of equal probabilities the drawn are the smallest tickets, and the inclusion probability of every entity
    is exactly drawn / population; leaving an entity out never changes the order of the others.
    """

    stratum: Stratum
    drawn: tuple[Ticketed, ...]
    reserves: tuple[Ticketed, ...]


def stratum_size(population: int, ratio_ppm: int) -> int:
    """Entities to draw: ceil(ratio × population), at least 1 and at most all of them; 0 of none.

    At least 1 even at ratio 0: no grade means never. Raises ValueError for a ratio outside 0–1,000,000 ppm.
    """
    if not 0 <= ratio_ppm <= PPM:
        raise ValueError(f"ratio of {ratio_ppm} ppm is outside 0–{PPM}")
    return min(population, max(1, -(-ratio_ppm * population // PPM)))


def draw_stratum(
    seed_hex: str, stratum: Stratum, ticket_by_code: Mapping[str, str], size_by_code: Mapping[str, int]
) -> StratumDraw:
    """Order the entities of `size_by_code` by ticket (ties by code) and draw; the order they come in is all one."""
    ranked = sorted((ticket_by_code[code], code) for code in size_by_code)
    if stratum.method == "pps":
        sizes = [size_by_code[code] for _, code in ranked]
        where = [START_TAG, seed_hex, stratum.task_id, stratum.stratum_id]
        start = below(pps.span(sizes, stratum.drawn), where)
        chosen = set(pps.systematic(sizes, stratum.drawn, start))
        shares = [share.as_integer_ratio() for share in pps.probabilities(sizes, stratum.drawn)]
    else:
        chosen = set(range(stratum.drawn))
        shares = [(stratum.drawn, len(ranked))] * len(ranked)
    rows = [Ticketed(code, own, *share) for (own, code), share in zip(ranked, shares, strict=True)]
    return StratumDraw(
        stratum,
        tuple(row for place, row in enumerate(rows) if place in chosen),
        tuple(row for place, row in enumerate(rows) if place not in chosen),
    )


def draw(plan: FrozenPlan, seed_hex: str) -> tuple[StratumDraw, ...]:
    """Draw every stratum of a checked plan, in order of task and stratum."""
    members: dict[tuple[str, str], dict[str, int]] = {}
    columns = (plan.frame[name].to_list() for name in ("task_id", "stratum_id", "entity_code", "size"))
    for task_id, stratum_id, code, size in zip(*columns, strict=True):
        members.setdefault((task_id, stratum_id), {})[code] = size
    coordination = {task.task_id: task.coordination_id for task in plan.tasks}
    codes: dict[str, set[str]] = {}
    for (task_id, _), sizes in members.items():
        codes.setdefault(coordination[task_id], set()).update(sizes)
    ticketed = {name: tickets(seed_hex, name, sorted(those)) for name, those in codes.items()}
    return tuple(
        draw_stratum(
            seed_hex, stratum, ticketed[coordination[stratum.task_id]], members[stratum.task_id, stratum.stratum_id]
        )
        for stratum in plan.strata
    )
