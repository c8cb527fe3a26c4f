"""What the page 审计 shows: entries of the home's audit, and whether their chain holds.

Not here: who may look (`models/access`), and the entries themselves (`warehouse/audit`).
"""

import json
from datetime import datetime

from dashboards.door import Door
from models.access.terms import SignInTerms
from warehouse.audit import KINDS, Audit, Entry

LOOKED_AT = 10_000  # entries; `mingcha audit check` looks at all of them


def kinds() -> dict[str, str]:
    """Kinds of entries and their names."""
    return KINDS


def entries(door: Door, kind: str, actor: str, before: int, limit: int) -> list[Entry]:
    """Entries, latest first."""
    return Audit(door.home.audit).entries(kind=kind, actor=actor, before=before, limit=limit)


def broken(door: Door) -> int | None:
    """The number of the first of the latest entries that does not follow from the one before it."""
    return Audit(door.home.audit).broken(LOOKED_AT)


def moment(entry: Entry) -> datetime:
    """When it happened (UTC, without a zone)."""
    return datetime.fromisoformat(entry.at)


def details(entry: Entry) -> str:
    """Everything else that is known of it."""
    return json.dumps(entry.details, ensure_ascii=False) if entry.details else ""


def months() -> int:
    """How long entries are kept."""
    return SignInTerms.today().audit_months
