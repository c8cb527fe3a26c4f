"""Why an entity has its grades: every part of its scores, the very events behind them, what ends when, and its peers.

Read from the published snapshot; nothing is scored here, and no person is named. What would change a grade: whatif.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from models.scorecard.packs import PACK_IDS
from warehouse.serving import ServingReader

Row = dict[str, Any]
_GRADES = """
select s.pack_id, s.scorecard_score, s.scorecard_grade, s.grade_without_text, s.veto_reasons,
       o.decided_grade, o.valid_to as decided_until, o.decision_no
from grade.score as s
left join grade.override as o on o.entity_id = s.entity_id and o.pack_id = s.pack_id
where s.entity_id = $entity_id order by s.pack_id
"""
PARTS = """
select p.pack_id, p.indicator_id, p.group_id, p.group_zh, p.is_text, i.name_zh, i.unit_zh, i.direction, i.basis_zh,
       i.catalogue_code, v.indicator_value, c.points,
       cast(p.weight_micro as decimal(9, 0)) * cast(0.000001 as decimal(6, 6)) as weight, c.contribution,
       v.evidence_count, v.first_evidence, v.last_evidence, v.expires_on
from grade.contribution as c
join policy.scorecard_indicator as p on p.part_no = c.part_no
left join policy.indicator as i on i.indicator_id = p.indicator_id
left join (select * from indicator.value where entity_id = $entity_id) as v on v.indicator_id = p.indicator_id
where c.entity_id = $entity_id order by p.pack_id, c.contribution desc, p.indicator_id
"""
_VETOES = """
select pack_id, veto_id, reason_zh, basis, indicator_id, indicator_value, last_evidence
from grade.veto where entity_id = $entity_id order by pack_id, veto_id
"""
# family: the table of its events, their id, and two words about each
_EVENTS = {
    "inspection": ("inspection", "inspection_id", "inspection_kind", "result"),
    "finding": ("finding", "finding_id", "finding_code", "severity"),
    "complaint": ("complaint", "complaint_id", "complaint_kind", "is_upheld"),
    "licence": ("licence", "licence_id", "licence_kind", "application_kind"),
    "change": ("change", "change_id", "change_kind", "null"),
    "visit": ("visit", "visit_id", "visit_cause", "null"),
    "annual_report": ("annual_report", "report_id", "report_year", "null"),
    "tax_filing": ("tax_filing", "filing_id", "tax_kind", "due_date"),
    "service_case": ("service_case", "case_id", "item_name", "outcome"),
    "text": ("text_item", "text_id", "channel", "null"),
}
_EVENT = """
select '{family}' as family, event_date, {key} as event_id, cast({what} as varchar) as subject,
       cast({how} as varchar) as outcome, cast(null as date) as ends_on, cast(null as date) as repairable_from
from known.{table} where entity_id = $entity_id and event_date between date '{since}' and date '{until}'
"""
# Penalties and listings count until a day of their own.
_RECORDS = """
select 'penalty' as family, event_date, penalty_id as event_id, penalty_kind as subject, penalty_severity as outcome,
       ends_on, repairable_from
from known.penalty_effect, run.info as r where entity_id = $entity_id and ends_on > r.as_of
union all
select 'abnormal_list', listed_on, listing_id, list_kind, null, ends_on, repairable_from
from known.listing, run.info as r where entity_id = $entity_id and (ends_on is null or ends_on > r.as_of)
"""
_PEERS = """
select credit_grade, risk_grade, count(*) as entity_count from mart.entity_card
where industry_code = $industry_code and district_code = $district_code group by credit_grade, risk_grade
"""


@dataclass(frozen=True)
class Explanation:
    """Grades by pack, the parts that sum to each score, vetoes, events that count, and the grades of the peers.

    `parts` and `events` are frames; `peers` counts entities of the same industry and district by pack and grade.
    """

    info: Row
    entity: Row
    grades: dict[str, Row]
    parts: pl.DataFrame
    vetoes: pl.DataFrame
    events: pl.DataFrame
    peers: pl.DataFrame


def explain(reader: ServingReader, entity_id: int) -> Explanation:
    """Return why an entity of the published snapshot has its grades.

    Raises:
        ValueError: the entity is not in the snapshot.
    """
    bound = {"entity_id": entity_id}
    entity = reader.query("select * from known.entity where entity_id = $entity_id", bound)
    if entity.is_empty():
        raise ValueError(f"entity {entity_id} is not in the published snapshot")
    found, parts = entity.row(0, named=True), reader.query(PARTS, bound)
    info = reader.query("select run_id, as_of, policy_version from run.info").row(0, named=True)
    return Explanation(
        info,
        found,
        {row["pack_id"]: row for row in reader.query(_GRADES, bound).iter_rows(named=True)},
        parts,
        reader.query(_VETOES, bound),
        _events(reader, entity_id, parts),
        _peers(reader, found),
    )


def _peers(reader: ServingReader, entity: Row) -> pl.DataFrame:
    """Active entities of the same industry and district by pack and grade."""
    alike = reader.query(_PEERS, {name: entity[name] for name in ("industry_code", "district_code")})
    parts = [
        alike.group_by(pl.col(f"{pack}_grade").alias("scorecard_grade"))
        .agg(pl.col("entity_count").sum())
        .select(pl.lit(pack).alias("pack_id"), "scorecard_grade", "entity_count")
        for pack in PACK_IDS
    ]
    return pl.concat(parts).sort("pack_id", "scorecard_grade")


def _events(reader: ServingReader, entity_id: int, parts: pl.DataFrame) -> pl.DataFrame:
    """The events behind the values: within the days of a family's evidence, and records that still count."""
    spans = (
        parts.filter(pl.col("first_evidence").is_not_null())
        .with_columns(pl.col("indicator_id").str.split(".").list.first().alias("family"))
        .group_by("family")
        .agg(pl.col("first_evidence").min(), pl.col("last_evidence").max())
    )
    asked = [_RECORDS]
    for family, since, until in spans.iter_rows():
        if family in _EVENTS:
            table, key, what, how = _EVENTS[family]
            asked.append(
                _EVENT.format(family=family, table=table, key=key, what=what, how=how, since=since, until=until)
            )
    union = " union all ".join(asked)
    return reader.query(f"{union} order by family, event_date desc, event_id", {"entity_id": entity_id})
