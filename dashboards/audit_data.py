"""What the page 审计 shows: entries of the home's audit, and whether their chain holds.

Not here: who may look (`models/access`), and the entries themselves (`warehouse/audit`).
"""

from datetime import datetime
from typing import Any

from dashboards.door import Door
from dashboards.formats import MISSING
from models.access.terms import SignInTerms
from warehouse.audit import KINDS, Audit, Entry

_NAMES = {
    "act": "动作",
    "asked": "筛选",
    "departments": "部门",
    "districts": "区县",
    "file": "文件",
    "format": "格式",
    "given": "角色",
    "network": "网段",
    "of": "共（行）",
    "output": "回调",
    "rows": "行数",
    "seconds": "用时（秒）",
    "snapshot": "快照",
    "values": "参数",
    "why": "理由",
}
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
    """Everything else that is known of it, in words."""
    return "；".join(f"{_NAMES.get(name, name)} {_worded(value)}" for name, value in entry.details.items())


def _worded(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{name} = {one}" for name, one in value.items())
    if isinstance(value, list):
        return "、".join(map(str, value)) or "（空）"
    return MISSING if value is None else str(value)


def months() -> int:
    """How long entries are kept."""
    return SignInTerms.today().audit_months
