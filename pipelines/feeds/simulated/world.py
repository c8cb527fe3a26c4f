"""The simulated world that all sources report on: entities, their lives and their names.

Not here: records and files.
"""

from dataclasses import dataclass

from pipelines.feeds.simulated.chance import Chance
from pipelines.feeds.simulated.entities import Entities, found
from pipelines.feeds.simulated.lives import Changes, States, live
from pipelines.feeds.simulated.names import Names, name

_MOST = 4  # beyond it, different entities would draw equal names far more often than in a real register


@dataclass(frozen=True)
class World:
    """One zone at one scale under one seed."""

    chance: Chance
    scale: float
    entities: Entities
    changes: Changes
    states: States
    names: Names

    def rows(self, at_full_scale: int) -> int:
        """Rows of a source at this scale."""
        return max(round(at_full_scale * self.scale), 1)


def build(scale: float, seed: int) -> World:
    """Build a world; scale 1 has 173,000 entities."""
    if not 0 < scale <= _MOST:
        raise ValueError(f"scale must be above 0 and at most {_MOST} (1 is 173,000 entities), got {scale}")
    chance = Chance(seed)
    entities = found(chance, scale)
    changes, states = live(entities)
    return World(chance, scale, entities, changes, states, name(entities, states))
