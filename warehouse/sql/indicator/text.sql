-- grain: one entity × indicator of the family text
with wide as (
    select
        t.entity_id,
        count(*) filter (where t.event_date > r.as_of - p.text_days) as texts,
        count(*) filter (where y.polarity < 0 and t.event_date > r.as_of - p.text_days) as negatives,
        count(*) filter (where y.polarity < 0 and t.event_date > r.as_of - p.burst_days) as latest,
        half_even(
            cast(count(*) filter (where y.polarity < 0 and t.event_date <= r.as_of - p.burst_days) * max(p.burst_days) as bigint) * 1000000,
            max(p.baseline_days)
        ) as expected_micro,
        min(t.event_date) as first_day,
        max(t.event_date) as last_day,
        max(t.event_date) + max(p.text_days) as ends_on
    from known.text_item as t
    join text.reading as y on y.feed_id = t.feed_id and y.text_id = t.text_id and y.known_at = t.known_at
    cross join policy.indicator_window as p
    cross join run.info as r
    where t.entity_id is not null and t.event_date > r.as_of - p.burst_days - p.baseline_days
    group by t.entity_id
),

peers as (
    select
        w.entity_id,
        sum(w.negatives) over alike - w.negatives as peer_negatives,
        sum(w.texts) over alike - w.texts as peer_texts,
        shrunk(sum(w.negatives) over (), sum(w.texts) over () * 1000000, 0, 0) as zone_rate
    from wide as w
    join known.entity as e on e.entity_id = w.entity_id
    where w.texts > 0
    window alike as (partition by e.industry_code, e.district_code)
)

select
    w.entity_id,
    'text.negative_share' as indicator_id,
    ratio(w.negatives, w.texts) as indicator_value,
    w.texts as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
where w.texts > 0
union all
select w.entity_id, 'text.count' as indicator_id, cast(w.texts as decimal(18, 6)), w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
where w.texts > 0
union all
select
    w.entity_id, 'text.negative_peer_ratio' as indicator_id,
    relative(
        w.negatives, w.texts * 1000000,
        shrunk(p.peer_negatives, p.peer_texts * 1000000, p.zone_rate, q.group_weight), q.text_weight
    ),
    w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
join peers as p on p.entity_id = w.entity_id
cross join policy.peer as q
union all
select w.entity_id, 'text.burst' as indicator_id, burst(w.latest, w.expected_micro, q.text_weight), w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
cross join policy.peer as q
where w.latest > 0
