"""Writes down what people do with the pages: one function, which knows who asks and from where.

Not here: how entries are kept (`warehouse/audit`), and who reads them (`pages/audit.py`).
"""

from flask import current_app, g, request

from models.access.viewer import Viewer
from warehouse.audit import Audit

CONFIG_KEY = "MINGCHA_AUDIT"


def note(kind: str, subject: str, result: str = "ok", actor: str = "", **details: object) -> None:
    """Write down what the person of this request did; `actor` where nobody has signed in yet.

    An application made for one fixed viewer keeps no audit: nobody is known there.
    """
    audit: Audit | None = current_app.config.get(CONFIG_KEY)
    if audit is None:
        return
    viewer: Viewer | None = g.get("viewer")
    who = actor or g.get("person", "") or "（未登录）"
    audit.record(kind, who, subject, result, viewer.role if viewer else "", request.remote_addr or "", **details)
