"""The stratified draw: how many of a stratum, and which.

Not here: the hashes (protocol.py) and the ratios (ratio.py).
"""

from collections.abc import Collection
from dataclasses import dataclass

from models.sampling.protocol import ticket

PPM = 1_000_000


@dataclass(frozen=True)
class Ticketed:
    """An entity with its ticket and its place in its stratum; `draw_order` 1 has the smallest ticket."""

    entity_code: str
    ticket: str
    draw_order: int


@dataclass(frozen=True)
class StratumDraw:
    """A whole stratum in ticket order: the first `size` are drawn, the others are reserves, next in line first.

    The inclusion probability of every entity is exactly size / population.
    """

    stratum_id: str
    ratio_ppm: int
    size: int
    ranked: tuple[Ticketed, ...]

    @property
    def population(self) -> int:
        """Entities of the stratum."""
        return len(self.ranked)

    @property
    def drawn(self) -> tuple[Ticketed, ...]:
        """The drawn entities in draw order."""
        return self.ranked[: self.size]

    @property
    def reserves(self) -> tuple[Ticketed, ...]:
        """The others in the order in which they replace a drawn entity that no longer exists."""
        return self.ranked[self.size :]


def stratum_size(population: int, ratio_ppm: int) -> int:
    """Entities to draw: ceil(ratio × population), at least 1 and at most all of them; 0 of none.

    At least 1 even at ratio 0: no grade means never. Raises ValueError for a ratio outside 0–1,000,000 ppm.
    """
    if not 0 <= ratio_ppm <= PPM:
        raise ValueError(f"ratio of {ratio_ppm} ppm is outside 0–{PPM}")
    return min(population, max(1, -(-ratio_ppm * population // PPM)))


def draw_stratum(
    seed_hex: str, plan_id: str, stratum_id: str, entity_codes: Collection[str], ratio_ppm: int
) -> StratumDraw:
    """Rank a stratum by ticket (ties by code) and draw the first; the order of `entity_codes` does not matter.

    Raises ValueError when a code is there twice.
    """
    if len(set(entity_codes)) != len(entity_codes):
        raise ValueError(f"stratum {stratum_id} of plan {plan_id} holds an entity code twice")
    pairs = sorted((ticket(seed_hex, plan_id, stratum_id, code), code) for code in entity_codes)
    ranked = tuple(Ticketed(code, own, place) for place, (own, code) in enumerate(pairs, start=1))
    return StratumDraw(stratum_id, ratio_ppm, stratum_size(len(ranked), ratio_ppm), ranked)
