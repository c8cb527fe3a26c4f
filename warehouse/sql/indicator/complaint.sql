-- grain: one entity × indicator of the family complaint
-- a burst holds the latest days against the same entity's days before, as many of them as it has lived;
-- the area ratio holds its peers, itself left out, against the whole zone
with counted as (
    select
        c.entity_id,
        count(*) filter (where c.event_date > r.as_of - p.complaint_days) as complaints,
        count(*) filter (where c.is_upheld and c.event_date > r.as_of - p.complaint_days) as upheld,
        sum(d.weight_micro) filter (where c.is_upheld and c.event_date > r.as_of - p.complaint_days) as upheld_micro,
        count(*) filter (where c.event_date > r.as_of - p.burst_days) as latest,
        count(*) filter (where c.event_date <= r.as_of - p.burst_days) as before,
        min(c.event_date) as first_day,
        max(c.event_date) as last_day,
        max(c.event_date) + max(p.complaint_days) as ends_on
    from known.complaint as c
    cross join policy.indicator_window as p
    cross join run.info as r
    left join known.fading as d on d.decay_id = 'complaint' and d.event_date = c.event_date
    where c.entity_id is not null and c.event_date > r.as_of - p.burst_days - p.baseline_days
    group by c.entity_id
),

wide as (
    select
        e.entity_id,
        n.complaints,
        n.upheld,
        coalesce(n.upheld_micro, 0) as upheld_micro,
        n.latest,
        half_even(
            cast(n.before * p.burst_days as bigint) * 1000000,
            greatest(least(coalesce(r.as_of - e.established_date, p.baseline_days) - p.burst_days, p.baseline_days), 1)
        ) as expected_micro,
        sum(coalesce(n.complaints, 0)) over alike - coalesce(n.complaints, 0) as peer_complaints,
        count(*) over alike - 1 as peer_count,
        shrunk(sum(n.complaints) over (), count(*) over () * 1000000, 0, 0) as zone_rate,
        n.first_day,
        n.last_day,
        n.ends_on
    from known.entity as e
    cross join policy.indicator_window as p
    cross join run.info as r
    left join counted as n on n.entity_id = e.entity_id
    where e.status in ('active', 'revoked')
    window alike as (partition by e.industry_code, e.district_code)
),

rated as (
    select
        w.*,
        shrunk(w.peer_complaints, w.peer_count * 1000000, w.zone_rate, q.group_weight) as peer_rate,
        q.complaint_weight
    from wide as w
    cross join policy.peer as q
    where w.zone_rate > 0
)

select
    w.entity_id,
    'complaint.count' as indicator_id,
    cast(w.complaints as decimal(18, 6)) as indicator_value,
    w.complaints as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from rated as w
where w.complaints > 0
union all
select w.entity_id, 'complaint.upheld_count' as indicator_id, cast(w.upheld as decimal(18, 6)), w.complaints, w.first_day, w.last_day, w.ends_on
from rated as w
where w.complaints > 0
union all
select w.entity_id, 'complaint.decayed_upheld_count' as indicator_id, micro(w.upheld_micro), w.complaints, w.first_day, w.last_day, w.ends_on
from rated as w
where w.complaints > 0
union all
select
    w.entity_id, 'complaint.peer_ratio' as indicator_id, relative(w.complaints, 1000000, w.peer_rate, w.complaint_weight),
    w.complaints, w.first_day, w.last_day, w.ends_on
from rated as w
where w.complaints > 0
union all
select
    w.entity_id, 'complaint.burst' as indicator_id, burst(w.latest, w.expected_micro, w.complaint_weight),
    w.complaints, w.first_day, w.last_day, w.ends_on
from rated as w
where w.latest > 0
union all
select w.entity_id, 'complaint.area_ratio' as indicator_id, ratio(w.peer_rate, w.zone_rate), 0, null, null, null
from rated as w
where w.peer_count > 0
