"""Which entity and which of its records a person means: looked up in the published snapshot by code and by id.

Nothing is decided or changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from warehouse.serving import ServingReader

_BY_CODE = """
select e.entity_id, e.entity_code, e.name, e.legal_form
from known.entity as e
where e.entity_id = (
    select coalesce(max(own.entity_id), max(a.entity_id))
    from (select $code as code) as asked
    left join known.entity as own on own.entity_code = asked.code
    left join entity.alias as a on a.entity_code = asked.code
)
"""
_RECORDS = """
select 'penalty' as record_kind, penalty_id as record_id, event_date, ends_on, repairable_from
from known.penalty_effect where entity_id = $entity_id
union all
select 'abnormal_list', listing_id, listed_on, ends_on, repairable_from
from known.listing where entity_id = $entity_id
order by event_date, record_kind, record_id
"""


@dataclass(frozen=True)
class Subject:
    """One market entity as the snapshot shows it."""

    entity_id: int
    entity_code: str
    name: str
    legal_form: str | None


@dataclass(frozen=True)
class CreditRecord:
    """A penalty or a listing of an entity: when it stops counting, and the first day on which it may be repaired."""

    record_kind: str
    record_id: str
    event_date: date
    ends_on: date | None
    repairable_from: date | None


def find(reader: ServingReader, code: str) -> Subject:
    """Return the entity with this code; a code that changed leads to the file it is kept in now.

    Raises:
        ValueError: no entity of the snapshot bears or bore the code.
    """
    rows = reader.query(_BY_CODE, {"code": code.strip()}).rows()
    if not rows:
        raise ValueError(f"no entity {code} in the published snapshot; look for it with `mingcha sql`")
    return Subject(*rows[0])


def grades(reader: ServingReader, pack_id: str) -> list[str]:
    """Return the grades of a scorecard, best first; [] for a scorecard that is not in force."""
    asked = "select grade from policy.scorecard_cut where pack_id = ? order by grade_no"
    return [grade for (grade,) in reader.query(asked, [pack_id]).rows()]


def credit_records(reader: ServingReader, entity_id: int) -> list[CreditRecord]:
    """Return the penalties and listings of an entity, by day and id."""
    return [CreditRecord(*row) for row in reader.query(_RECORDS, {"entity_id": entity_id}).rows()]


def credit_record(reader: ServingReader, entity_id: int, record_kind: str, record_id: str) -> CreditRecord:
    """Return one record of an entity.

    Raises:
        ValueError: the entity has no such record.
    """
    own = credit_records(reader, entity_id)
    for found in own:
        if (found.record_kind, found.record_id) == (record_kind, record_id):
            return found
    names = ", ".join(f"{r.record_kind}:{r.record_id}" for r in own) or "none"
    raise ValueError(f"the entity has no record {record_kind}:{record_id}; its records are {names}")
