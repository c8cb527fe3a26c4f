"""Lives of entities after registration: moves, new names, more capital, new trades, mergers and the end.

Not here: how a state reads (names.py, register.py). A state counts the versions of each attribute, so an attribute is a
hash of (entity, version).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Ints
from pipelines.feeds.simulated.entities import ACTIVE, MERGER, SPLIT, Entities
from pipelines.feeds.simulated.traits import districts, industries

NAME, ADDRESS, DISTRICT, INDUSTRY, CAPITAL, STATUS, MERGED, DIVIDED = range(8)
_WEIGHTS = [0.09, 0.26, 0.10, 0.17, 0.38]
_YEARLY_RATE = 0.72  # changes per year of life
_MOST = 12
_SPAN = 1 << 16  # day numbers stay below this, so entity × span + day is one sortable key


@dataclass(frozen=True)
class Changes:
    """Registered changes, one per entity, day and kind."""

    entity: Ints
    day: Ints
    kind: Ints


@dataclass(frozen=True)
class States:
    """Observed states, sorted by entity and day; versions count from 0."""

    key: Ints
    entity: Ints
    day: Ints
    name_version: Ints
    address_version: Ints
    capital_version: Ints
    status: Ints
    district: Ints
    industry: Ints

    def at(self, entity: Ints, day: Ints) -> Ints:
        """Row of the state in force on the day; the first state for earlier days."""
        row = np.searchsorted(self.key, entity * _SPAN + np.maximum(day, 0), side="right") - 1
        return np.maximum(row, np.searchsorted(self.key, entity * _SPAN))


def live(entities: Entities) -> tuple[Changes, States]:
    """All changes within the window and the states they lead to."""
    changes = _changes(entities)
    first = Changes(entities.ids, entities.established, np.full(len(entities.ids), -1))
    entity, day, kind = (
        np.concatenate([a, b])
        for a, b in ((first.entity, changes.entity), (first.day, changes.day), (first.kind, changes.kind))
    )
    key = entity * _SPAN + day
    order = np.lexsort((kind, key))
    entity, day, kind, key = entity[order], day[order], kind[order], key[order]
    last_of_day = np.append(key[1:] != key[:-1], True)
    start = np.searchsorted(entity, entity)

    def version(*kinds: int) -> Ints:
        seen = np.cumsum(np.isin(kind, kinds))
        return (seen - seen[start])[last_of_day]

    entity, day = entity[last_of_day], day[last_of_day]
    ended = day >= entities.ended[entity]
    return changes, States(
        key=key[last_of_day], entity=entity, day=day, name_version=version(NAME), address_version=version(ADDRESS),
        capital_version=version(CAPITAL), status=np.where(ended, entities.end_status[entity], ACTIVE),
        district=_district(entities, entity, version(DISTRICT)),
        industry=_industry(entities, entity, version(INDUSTRY)),
    )  # fmt: skip


def _changes(entities: Entities) -> Changes:
    chance, known = entities.chance, entities.known
    drawn = chance.poisson("change.count", known, entities.exposure * _YEARLY_RATE, _MOST)
    owner = np.repeat(known, drawn)
    slot = np.arange(len(owner)) - np.repeat(np.cumsum(drawn) - drawn, drawn)
    row = owner * 16 + slot
    last = np.minimum(entities.ended[owner] - 1, days.LAST)
    day = days.next_workday(days.spread(chance, "change.day", row, entities.first_day[owner] + 1, last))
    kind = chance.choice("change.kind", row, _WEIGHTS)
    fits = (day > entities.first_day[owner]) & (day <= last)
    owner, day, kind = owner[fits], day[fits], kind[fits]

    moved = kind == DISTRICT  # a new district is also a new address
    heir = np.flatnonzero(entities.forerunner >= 0)
    kin_kind = np.select(
        [entities.succession[heir] == MERGER, entities.succession[heir] == SPLIT], [MERGED, DIVIDED], -1
    )
    joined = kin_kind >= 0
    heir, kin_kind = heir[joined], kin_kind[joined]
    ended = known[entities.ended[known] <= days.LAST]
    parts = [
        (owner, day, kind),
        (owner[moved], day[moved], np.full(int(moved.sum()), ADDRESS)),
        (entities.forerunner[heir], entities.established[heir], kin_kind),
        (ended, entities.ended[ended], np.full(len(ended), STATUS)),
    ]
    entity, day, kind = (np.concatenate([part[n] for part in parts]) for n in range(3))
    distinct = np.unique((entity * _SPAN + day) * 16 + kind)
    return Changes(distinct // 16 // _SPAN, distinct // 16 % _SPAN, distinct % 16)


def _district(entities: Entities, entity: Ints, version: Ints) -> Ints:
    later = entities.chance.choice("entity.next_district", entity * 16 + version, districts().weight)
    return np.where(version == 0, entities.district[entity], later)


def _industry(entities: Entities, entity: Ints, version: Ints) -> Ints:
    """A new trade is another class of the same topic."""
    topic = industries().topic
    by_topic = np.argsort(topic, kind="stable")
    count = np.bincount(topic)
    first = np.cumsum(count) - count
    own = topic[entities.industry[entity]]
    place = entities.chance.below("entity.next_industry", entity * 16 + version, count[own])
    return np.where(version == 0, entities.industry[entity], by_topic[first[own] + place])
