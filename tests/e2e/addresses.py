"""Every page, and every view of one, by name: its address, and who opens it where a regulator may not or does not."""

import pytest

from tests.dashboards.snapshot import entity_id

ENTITY = f"/entity/{entity_id(0)}"
ADDRESSES = {
    "overview": "/",
    "entities": "/entities",
    "draws": "/draws",
    "check_lists": "/draws/lists",
    "inspectors": "/draws/lists?list=inspectors",
    "plans": "/draws/plans?plan=drawn",
    "trial": "/draws/trial?items=D01-003",
    "ceremony": "/draws/ceremony?plan=waiting",
    "visits": "/draws/visits",
    "burden": "/draws/burden",
    "publication": "/draws/publication",
    "approvals": "/approvals",
    "hotline": "/hotline",
    "approvals-speed": "/approvals?view=speed",
    "approvals-model": "/approvals?view=model",
    "approvals-rating": "/approvals?view=rating",
    "approvals-licences": "/approvals?view=licences",
    "hotline-quality": "/hotline?view=quality",
    "hotline-matters": "/hotline?view=matters",
    "hotline-replies": "/hotline?view=replies",
    "topics": "/topics",
    "texts": "/texts",
    "texts-entities": "/texts?view=entities",
    "texts-review": "/texts?view=review",
    "texts-models": "/texts?view=models",
    "warnings": "/warnings",
    "warning": "/warnings/w00000000003",
    "policies": "/policies",
    "policies-rule": "/policies?rule=repair.publicity_period&before=2021-01-01",
    "metrics": "/metrics",
    "grades": "/grades",
    "decisions": "/decisions",
    "backtest": "/backtest",
    "entity": ENTITY,
    "quality": "/quality",
    "tables": "/tables?table=grade.grade",
    "account": "/account",
    "workbench": "/sql",
    "audit": "/audit",
    "users": "/users",
    "screen": "/screen?freeze=1",
    "not_found": "/nowhere",
    "not_allowed": "/audit?",
}
ROLES = {
    "workbench": "analyst",
    "audit": "admin",
    "users": "admin",
    "screen": "leader",
}  # who opens what a regulator may not, or does not
QUICK = {
    "overview", "entities", "entity", "draws", "visits", "approvals", "hotline", "topics", "texts", "warnings", "quality", "screen",
}  # fmt: skip
# Every name as a parameter of a test: all but the most used pages wait for `make verify`.
NAMES = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ADDRESSES]
