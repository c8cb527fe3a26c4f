"""Named queries behind one entity beyond its grades: who came, its cases, its warnings, and its neighbours.

Registered facts, scores and the timeline are in `data.py`, texts in `text_data.py`. Rows are those the viewer reads.
"""

from typing import Any

import polars as pl

from dashboards import data
from dashboards.door import Door
from models.access.rules import access_rules
from models.text.aliases import OFFICIAL, aliases, short_district

Row = dict[str, Any]
SHOWN = 12
_CARD = "c.credit_grade, c.risk_grade, c.problem_count, c.penalty_count, c.complaint_count"
_NEIGHBOUR = (
    "e.entity_id, e.entity_code, e.name, e.industry_name, e.status, {measure} as measure, "
    + _CARD
    + " from known.entity as e"
    " left join mart.entity_card as c on c.entity_id = e.entity_id"
)


def contacts(door: Door, entity_id: int) -> tuple[pl.DataFrame, int]:
    """The latest days on which a department came, and the number of all: a department on a day counts once."""
    frame = door.frame(
        "select b.event_date, b.visit_year, coalesce(d.name, b.department_id) as department_name, b.visit_cause_code,"
        " coalesce(z.visit_cause_zh, b.visit_cause_code) as visit_cause_zh, b.is_counted, count(*) over () as all_rows"
        " from plan.burden as b left join entity.department as d on d.department_id = b.department_id"
        " left join (select visit_cause_code, min(visit_cause_zh) as visit_cause_zh from policy.visit_cause"
        " group by visit_cause_code) as z on z.visit_cause_code = b.visit_cause_code"
        f" where b.entity_id = $entity_id order by b.event_date desc, b.department_id limit {SHOWN}",
        {"entity_id": entity_id},
    )
    return frame, int(frame["all_rows"][0]) if frame.height else 0


def caps(door: Door, entity_id: int) -> pl.DataFrame:
    """Caps of this year that the entity is near to, at, or beyond."""
    return door.frame(
        "select * from mart.burden_cap where entity_id = $entity_id order by cap_scope", {"entity_id": entity_id}
    )


def drawn(door: Door, entity_id: int) -> list[str]:
    """Plans of the run that draw the entity."""
    frame = door.frame(
        "select distinct plan_id from mart.drawn_list where entity_id = $entity_id order by 1", {"entity_id": entity_id}
    )
    return list(frame["plan_id"])


def cases(door: Door, entity_id: int) -> tuple[pl.DataFrame, Row]:
    """The latest cases of every kind, and how many there are, are open and went over their limit."""
    frame = door.frame(
        "select c.case_id, coalesce(k.kind_zh, c.case_kind) as kind_zh,"
        " coalesce(c.item_name, c.item_code) as item_name, c.opened_on, c.closed_on, c.used_count,"
        " coalesce(c.promised_limit, c.statutory_limit) as limit_count, c.clock_tick, c.is_overdue, c.rating,"
        " coalesce(o.outcome_zh, c.outcome) as outcome_zh, coalesce(d.name, c.department_id) as department_name,"
        " count(*) over () as all_count, count(*) filter (where c.closed_on is null) over () as open_count,"
        " count(*) filter (where c.is_overdue) over () as overdue_count"
        " from known.case_clock as c left join policy.case_kind as k on k.case_kind = c.case_kind"
        " left join policy.case_outcome as o on o.case_kind = c.case_kind and o.outcome = c.outcome"
        " left join entity.department as d on d.department_id = c.department_id"
        f" where c.entity_id = $entity_id order by c.opened_on desc, c.case_id limit {SHOWN}",
        {"entity_id": entity_id},
    )
    totals = ("all_count", "open_count", "overdue_count")
    return frame, {name: int(frame[name][0]) if frame.height else 0 for name in totals}


def warnings(door: Door, entity_id: int) -> pl.DataFrame:
    """Warnings in force that concern the entity, the most urgent first."""
    return door.frame(
        "select warning_id, warning_level, warning_kind, subject_name from mart.warning where entity_id = $entity_id"
        " or warning_id in (select warning_id from mart.warning_entity where entity_id = $entity_id)"
        " order by level_no, warning_id",
        {"entity_id": entity_id},
    )


def related(door: Door, entity_id: int) -> pl.DataFrame:
    """Branches, parents, predecessors, successors and double registrations."""
    pairs = (
        "select related_entity_id as other_id, relation_kind, true as is_from from entity.relation"
        " where entity_id = $entity_id union select entity_id, relation_kind, false from entity.relation"
        " where related_entity_id = $entity_id"
    )
    return door.frame(
        f"select p.relation_kind, p.is_from, {_NEIGHBOUR.format(measure='null::double')}"
        f" join ({pairs}) as p on p.other_id = e.entity_id order by p.relation_kind, e.entity_id limit {SHOWN}",
        {"entity_id": entity_id},
    )


def same_address(door: Door, row: Row) -> pl.DataFrame:
    """Entities registered at the very same address; none where the viewer may not see the address."""
    told = {mask.told for mask in access_rules().masks.values()}
    address = row["address"] if row["address"] not in told else None
    return door.frame(
        f"select {_NEIGHBOUR.format(measure='null::double')}"
        " where e.address = $address and e.entity_id <> $entity_id and e.status = 'active'"
        f" order by e.entity_id limit {SHOWN}",
        {"address": address, "entity_id": row["entity_id"]},
    )


def same_brand(door: Door, row: Row) -> tuple[str, pl.DataFrame]:
    """The mark (字号) in the name of an entity, and others whose name holds it; none for a mark that many bear.

    What a mark is, and how many are many, is what the linking of texts goes by (rule matching.text_link_weight).
    """
    rules = data.rules_in_force(door, "matching.text_link_weight", "matching.place_word")
    if len(rules) < 2:
        return "", pl.DataFrame()
    weights = rules["matching.text_link_weight"]
    districts = door.frame("select district_name from entity.district where district_name is not null")["district_name"]
    places = [*rules["matching.place_word"], *districts, *short_district(districts)]
    found = aliases(pl.Series([row["name"]]), places, weights["least_plain"], weights["least_brand"])
    marks = sorted(found.filter(pl.col("how") != OFFICIAL)["alias"], key=len)
    brand = marks[0] if marks and row["name"] not in {mask.told for mask in access_rules().masks.values()} else ""
    frame = door.frame(
        f"select count(*) over () as all_rows, {_NEIGHBOUR.format(measure='null::double')}"
        f" where $brand <> '' and contains({data.folded('e.name', brand)}, $brand) and e.entity_id <> $entity_id"
        f" and e.status = 'active' order by e.entity_id limit {SHOWN}",
        {"brand": brand, "entity_id": row["entity_id"]},
    )
    is_common = frame.height > 0 and frame["all_rows"][0] > weights["most_bearers"]
    return brand, frame.clear() if is_common else frame


def near_peers(door: Door, row: Row) -> tuple[int, pl.DataFrame]:
    """Metres within which peers count as near (rule indicator.surroundings), and the nearest of the same industry."""
    rule = door.frame("select cell_metres, metres_per_degree from policy.near")
    if rule.is_empty():
        return 0, pl.DataFrame()
    metres, per_degree = rule.row(0)
    # On a plane: within a kilometre nobody sees the difference.
    distance = (
        f"sqrt(pow((e.latitude - $latitude) * {per_degree}, 2)"
        f" + pow((e.longitude - $longitude) * {per_degree} * cos(radians($latitude)), 2))"
    )
    frame = door.frame(
        f"select * from (select {_NEIGHBOUR.format(measure=distance)} where e.industry_code = $industry_code"
        " and e.entity_id <> $entity_id and e.status = 'active' and e.latitude is not null) as near"
        f" where measure <= {metres} order by measure, entity_id limit {SHOWN}",
        {name: row[name] for name in ("latitude", "longitude", "industry_code", "entity_id")},
    )
    return int(metres), frame
