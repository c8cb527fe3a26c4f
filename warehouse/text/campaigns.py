"""`text.campaign` and `text.campaign_text`: brigades among the texts that are linked.

What a brigade is stands in models/text/campaign.py.
"""

from __future__ import annotations

import hashlib

import numpy as np

from models.policy.loader import InForce
from models.text.campaign import campaigns
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

READS = ("text.link", "known.text_item")
# Texts in some window in which their entity had as many as a brigade needs.
_BUSY = """
with linked as (
    select l.entity_id, l.feed_id, l.text_id, l.known_at, k.published_at, coalesce(k.author_id, l.text_id) as author_id
    from text.link as l
    join known.text_item as k on k.feed_id = l.feed_id and k.text_id = l.text_id and k.known_at = l.known_at
    where l.is_linked
), counted as (
    select *, count(*) over (
        partition by entity_id order by published_at
        range between interval '{within_days} days' preceding and current row
    ) as recent
    from linked
), busy as (
    select *, max(recent) over (
        partition by entity_id order by published_at
        range between current row and interval '{within_days} days' following
    ) as most
    from counted
)
select b.*, k.body from busy as b
join known.text_item as k on k.feed_id = b.feed_id and k.text_id = b.text_id and k.known_at = b.known_at
where b.most >= {least_texts}
order by b.entity_id, b.published_at, b.feed_id, b.text_id
"""
_DIGITS = 6


def write_campaigns(engine: DuckDBEngine, policy: InForce) -> int:
    """(Re)build both tables and return the rows of `text.campaign_text`."""
    rule = policy.value("text.campaign")
    once = {"once_per_author": True, "not_at_all": False}[rule["counts"]]
    busy = engine.frame(_BUSY.format(**rule))
    found, members = [], []
    for group in busy.partition_by("entity_id", maintain_order=True):
        second = group["published_at"].dt.epoch("s").to_numpy().astype(np.int64)
        for one in campaigns(second, group["author_id"].to_list(), group["body"], rule):
            rows = group[one.texts].rows(named=True)
            first, last = rows[0], rows[-1]
            told = f"{first['entity_id']}|{first['feed_id']}|{first['text_id']}"
            campaign_id = hashlib.sha256(told.encode()).hexdigest()[:12]
            found.append(
                {
                    "campaign_id": campaign_id,
                    "entity_id": first["entity_id"],
                    "first_at": first["published_at"],
                    "last_at": last["published_at"],
                    "text_count": len(rows),
                    "author_count": one.authors,
                    "alike_ratio": round(one.alike_share, _DIGITS),
                }
            )
            heard: set[str] = set()
            for row in rows:
                is_counted = once and row["author_id"] not in heard
                heard.add(row["author_id"])
                members.append(row | {"campaign_id": campaign_id, "is_counted": is_counted})
    for name, rows in (("campaign", found), ("campaign_text", members)):
        columns = {c.name: c.type for c in contracts("text")[name].columns}
        engine.load(f"text.{name}", columns, rows)
    return len(members)
