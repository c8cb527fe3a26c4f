-- grain: one entity × indicator of the family text
-- a text weighs as much as it is sure to mean the entity (text.evidence); weights are millionths
with wide as (
    select
        v.entity_id,
        count(*) filter (where v.event_date > r.as_of - p.text_days) as texts,
        cast(coalesce(sum(v.weight_micro) filter (where v.event_date > r.as_of - p.text_days), 0) as bigint) as weight,
        cast(coalesce(sum(v.weight_micro) filter (where v.polarity < 0 and v.event_date > r.as_of - p.text_days), 0) as bigint) as negative,
        cast(coalesce(sum(v.weight_micro) filter (where v.polarity < 0 and v.event_date > r.as_of - p.burst_days), 0) as bigint) as latest,
        half_even(
            cast(coalesce(sum(v.weight_micro) filter (where v.polarity < 0 and v.event_date <= r.as_of - p.burst_days), 0) as bigint) * max(p.burst_days),
            max(p.baseline_days)
        ) as expected,
        min(v.event_date) as first_day,
        max(v.event_date) as last_day,
        max(v.event_date) + max(p.text_days) as ends_on
    from text.evidence as v
    cross join policy.indicator_window as p
    cross join run.info as r
    where v.polarity is not null and v.event_date > r.as_of - p.burst_days - p.baseline_days
    group by v.entity_id
),

peers as (
    select
        w.entity_id,
        sum(w.negative) over alike - w.negative as peer_negative,
        sum(w.weight) over alike - w.weight as peer_weight,
        shrunk_micro(sum(w.negative) over (), sum(w.weight) over (), 0, 0) as zone_rate
    from wide as w
    join known.entity as e on e.entity_id = w.entity_id
    where w.texts > 0
    window alike as (partition by e.industry_code, e.district_code)
),

usual as (
    select
        p.entity_id,
        shrunk_micro(p.peer_negative, p.peer_weight, p.zone_rate, q.group_weight) as peer_rate,
        q.text_weight
    from peers as p
    cross join policy.peer as q
)

select
    w.entity_id,
    'text.negative_share' as indicator_id,
    ratio(w.negative, w.weight) as indicator_value,
    w.texts as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
where w.texts > 0
union all
select w.entity_id, 'text.count' as indicator_id, micro(w.weight), w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
where w.texts > 0
union all
select
    w.entity_id, 'text.negative_peer_ratio' as indicator_id,
    relative_micro(w.negative, w.weight, u.peer_rate, u.text_weight),
    w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
join usual as u on u.entity_id = w.entity_id
union all
select w.entity_id, 'text.burst' as indicator_id, burst_micro(w.latest, w.expected, q.text_weight), w.texts, w.first_day, w.last_day, w.ends_on
from wide as w
cross join policy.peer as q
where w.latest > 0
