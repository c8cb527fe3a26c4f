"""`text.reply`: how well each reply of the last year answers.

How a part is measured stands in models/text/reply.py; the clock of a case in known.case_clock.
"""

from __future__ import annotations

from models.policy.loader import InForce
from models.text.excerpt import excerpt
from models.text.reply import Relevance, ReplyRule, concrete, on_time, polite, quality
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

READS = ("known.case_reply", "known.case_clock")
_REPLIES = """
select cast(r.feed_id as varchar) as feed_id, r.case_id, r.department_id, r.event_date, r.question, r.reply,
    c.used_count, coalesce(c.promised_limit, c.statutory_limit) as limit_count
from known.case_reply as r
left join known.case_clock as c on c.feed_id = r.feed_id and c.case_id = r.case_id
order by r.feed_id, sha256(r.case_id)
"""


def write_replies(engine: DuckDBEngine, policy: InForce) -> int:
    """(Re)build `text.reply` and return its rows; replies are compared within their feed."""
    rule = ReplyRule.of(policy.value("text.reply"))
    columns = {c.name: c.type for c in contracts("text")["reply"].columns}
    rows = []
    for _, of_feed in engine.frame(_REPLIES).group_by("feed_id", maintain_order=True):
        found = Relevance.of(rule, of_feed["question"], of_feed["reply"])
        excerpts = excerpt(of_feed["reply"], policy.value("text.excerpt")["letters"])
        for at, row in enumerate(of_feed.iter_rows(named=True)):
            rows.append(
                row
                | _judged(rule, row, int(found.relevant[at]), float(found.template_ratio[at]))
                | {"excerpt": excerpts[at]}
            )
    return engine.load("text.reply", columns, rows)


def _judged(rule: ReplyRule, row: dict[str, object], relevant: int, template_ratio: float) -> dict[str, object]:
    reply = str(row["reply"])
    named, kinds = concrete(rule, reply)
    used, limit = (None if row[name] is None else int(str(row[name])) for name in ("used_count", "limit_count"))
    parts = {"relevant": relevant, "concrete": named, "on_time": on_time(used, limit), "polite": polite(rule, reply)}
    return {
        **{f"{name}_score": score for name, score in parts.items()},
        "reply_score": quality(rule, parts),
        "template_ratio": round(template_ratio, 6),
        "is_template": template_ratio >= rule.template_ratio,
        "named_kinds": ";".join(kinds),
    }
