"""`mart.text_drift`: do texts still look like those before: by month, the mix of answers and the share of unsure ones.

Not here: the index (models/evidence/stability.py), and how good a model is (its card).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from models.evidence.stability import population_stability
from models.policy.loader import InForce
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

READS = ("text.reading", "text.order_category", "text.model", "known.text_item", "known.service_case")
_MONTHS = """
select m.model_kind, cast(date_trunc('month', t.event_date) as date) as month, cast(y.polarity as varchar) as answer,
    count(*) as texts, count(*) filter (where y.polarity_probability < m.least_probability) as unsure
from text.reading as y
join known.text_item as t on t.feed_id = y.feed_id and t.text_id = y.text_id and t.known_at = y.known_at
join text.model as m on m.model_kind = 'sentiment'
group by all
union all
select 'category', cast(date_trunc('month', c.event_date) as date), coalesce(left(s.suggested_code, 2), '-'),
    count(*), count(*) filter (where s.needs_person)
from text.order_category as s
join known.service_case as c on c.feed_id = s.feed_id and c.case_id = s.case_id and c.known_at = s.known_at
group by all
"""


def write_drift(engine: DuckDBEngine, rules: InForce) -> int:
    """Write the last months of each kind of model, each held against the months before it; return the rows."""
    shown, rule = int(rules.value("reporting.period")["months"]), rules.value("text.drift")
    counts: dict[str, dict[date, Counter[str]]] = {}
    unsure: dict[str, Counter[date]] = {}
    for kind, month, answer, texts, doubted in engine.rows(_MONTHS):
        counts.setdefault(kind, {}).setdefault(month, Counter())[answer] = texts
        unsure.setdefault(kind, Counter())[month] += doubted
    rows = []
    for kind, months in counts.items():
        ordered = sorted(months)
        for place in range(max(0, len(ordered) - shown), len(ordered)):
            now = ordered[place]
            before = ordered[max(0, place - int(rule["months_before"])) : place]
            rows.append(_held(kind, now, before, months, unsure[kind], rule))
    columns = {c.name: c.type for c in contracts("mart")["text_drift"].columns}
    return engine.load("mart.text_drift", columns, rows)


def _held(
    kind: str,
    now: date,
    before: list[date],
    months: dict[date, Counter[str]],
    unsure: Counter[date],
    rule: Mapping[str, Any],
) -> dict[str, object]:
    mix, earlier = months[now], sum((months[one] for one in before), Counter[str]())
    texts, texts_before = mix.total(), earlier.total()
    ratio = unsure[now] / texts
    ratio_before, index = None, None
    if min(texts, texts_before) >= int(rule["least_texts"]):
        answers = sorted(mix.keys() | earlier.keys())
        index = population_stability([earlier[a] for a in answers], [mix[a] for a in answers])
        ratio_before = sum(unsure[one] for one in before) / texts_before
    is_drifted = (
        index is not None
        and ratio_before is not None
        and (index >= float(rule["index"]) or ratio - ratio_before >= float(rule["unsure_gain"]))
    )
    return {
        "model_kind": kind,
        "month": now,
        "text_count": texts,
        "class_mix": ";".join(f"{answer}:{mix[answer]}" for answer in sorted(mix)),
        "unsure_count": unsure[now],
        "unsure_ratio": ratio,
        "unsure_ratio_before": ratio_before,
        "stability_index": index,
        "is_drifted": is_drifted,
    }
