-- grain: one entity × indicator of the family text
with wide as (
    select
        t.entity_id,
        count(*) as texts,
        count(*) filter (where y.polarity < 0) as negatives,
        min(t.event_date) as first_day,
        max(t.event_date) as last_day,
        max(p.text_days) as window_days
    from known.text_item as t
    join text.polarity as y on y.feed_id = t.feed_id and y.text_id = t.text_id and y.known_at = t.known_at
    cross join policy.indicator_window as p
    cross join run.info as r
    where t.entity_id is not null and t.event_date > r.as_of - p.text_days
    group by t.entity_id
)

select
    w.entity_id,
    'text.negative_share' as indicator_id,
    ratio(w.negatives, w.texts) as indicator_value,
    w.texts as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
union all
select
    w.entity_id,
    'text.count' as indicator_id,
    cast(w.texts as decimal(18, 6)) as indicator_value,
    w.texts as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
