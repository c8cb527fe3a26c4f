"""What would better an entity's grades: the fewest lawful acts, the first day they can, and the day by waiting alone.

Every answer was graded with the scorecards before it is given. How values follow from acts stands in bench, the search
in models.scorecard.remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.policy.loader import InForce
from models.scorecard.packs import cards_in_force
from models.scorecard.panel import score_panel
from models.scorecard.remedy import Act, Acts, Remedy, first_remedy
from warehouse.bench import Bench, done_on
from warehouse.serving import ServingReader

_RECORDS = """
select 'penalty:' || penalty_id as act_id, repairable_from, ends_on from known.penalty_effect where entity_id = 0
union all
select 'abnormal_list:' || listing_id, repairable_from, ends_on from known.listing where entity_id = 0
order by act_id
"""
_UNFILED = """
select 'annual_report:' || y.report_year
from policy.annual_report_due as y
cross join run.info as r
join known.entity as e on e.entity_id = 0
where
    y.due_on <= r.as_of
    and extract(year from e.established_date) <= y.report_year
    and not exists (
        select * from known.annual_report as a where a.entity_id = e.entity_id and a.report_year = y.report_year
    )
order by y.report_year
"""
_QUARTER, _QUARTERS = 92, 12  # what fades day by day is looked at each quarter for three years, then to the day


@dataclass(frozen=True)
class Change:
    """What betters one grade: by acts as early as the law allows, and by waiting alone (None: nothing known does)."""

    pack_id: str
    grade: str
    by_acts: Remedy | None
    by_waiting: Remedy | None
    better_grade: str | None


@dataclass(frozen=True)
class WhatIf:
    """Changes of the grades that are not the best, and the indicators that were taken to stay as they are."""

    changes: list[Change]
    held: list[str]


class PolicyDiffersError(ValueError):
    """The snapshot was graded under other rules than those asked with."""


def what_if(reader: ServingReader, entity_id: int, policy: InForce) -> WhatIf:
    """Return what would better the grades of an entity of the snapshot, under `policy` (in force on its as-of day).

    Nothing new is taken to happen: no further event, and future duties are met. Rules of the day hold on later days.

    Raises:
        ValueError: the entity is not in the snapshot.
        PolicyDiffersError: `policy` is not the one the snapshot was graded under.
    """
    version = reader.query("select policy_version from run.info").item()
    if version != policy.version:
        raise PolicyDiffersError(
            f"the snapshot was graded under policy {version}, not {policy.version}; name its folder with --policy"
        )
    cards = cards_in_force(policy)
    with Bench(reader, entity_id) as bench:
        records = bench.rows(_RECORDS)
        acts = _acts(bench, records)
        turning = [ends_on for _, _, ends_on in records if isinstance(ends_on, date)]
        turning += [bench.as_of + timedelta(days=_QUARTER * n) for n in range(1, _QUARTERS + 1)]

        known: dict[tuple[date, Acts], dict[str, int]] = {}

        def grades(day: date, sets: Sequence[Acts]) -> list[dict[str, int]]:
            nothing: Acts = frozenset()
            asked = [chosen for chosen in dict.fromkeys([*sets, nothing]) if (day, chosen) not in known]
            if asked:
                values = bench.values(day, [done_on(acts, chosen) for chosen in asked])
                scored = score_panel(cards, values, len(asked))
                for n, chosen in enumerate(asked):
                    known[day, chosen] = {pack: int(one.grade_no[n]) for pack, one in scored.items()}
            return [known[day, chosen] for chosen in sets]

        now = grades(bench.as_of, [frozenset()])[0]
        found = []
        for card in cards:
            pack, number = card.pack_id, now[card.pack_id]
            if number == 1:
                continue

            def reached(day: date, sets: Sequence[Acts], pack: str = pack) -> list[int]:
                return [numbers[pack] for numbers in grades(day, sets)]

            acting = first_remedy(bench.as_of, number, [*acts.values()], turning, reached)
            alone = acting
            if acting is None or acting.act_ids:
                alone = first_remedy(bench.as_of, number, [], turning, reached)
            better = card.name(acting.grade_no) if acting else None
            found.append(Change(pack, card.name(number), acting, alone, better))
        return WhatIf(found, bench.held)


def _acts(bench: Bench, records: Sequence[tuple[object, ...]]) -> dict[str, Act]:
    """Repairs of records that still count, from the first day the law allows, and reports not filed yet."""
    found = [
        Act(str(act_id), max(bench.as_of, first))
        for act_id, first, ends_on in records
        if isinstance(first, date) and (not isinstance(ends_on, date) or ends_on > bench.as_of)
    ]
    found += [Act(str(act_id), bench.as_of) for (act_id,) in bench.rows(_UNFILED)]
    return {act.act_id: act for act in found}
