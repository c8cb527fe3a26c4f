-- grain: one entity × indicator of the family service_case
-- hotline orders about an entity and its own approvals; a burst holds the latest days against its days before
with wide as (
    select
        c.entity_id,
        count(*) filter (where c.event_date > r.as_of - p.service_case_days) as cases,
        count(*) filter (where c.case_kind = 'hotline' and c.event_date > r.as_of - p.service_case_days) as orders,
        count(*) filter (
            where c.case_kind = 'hotline' and c.outcome = 'unsolved' and c.event_date > r.as_of - p.service_case_days
        ) as unsolved,
        count(*) filter (
            where c.case_kind = 'approval' and c.outcome = 'refused' and c.event_date > r.as_of - p.service_case_days
        ) as refused,
        count(*) filter (where c.case_kind = 'hotline' and c.event_date > r.as_of - p.burst_days) as latest,
        half_even(
            cast(count(*) filter (where c.case_kind = 'hotline' and c.event_date <= r.as_of - p.burst_days) * max(p.burst_days) as bigint) * 1000000,
            max(p.baseline_days)
        ) as expected_micro,
        min(c.event_date) as first_day,
        max(c.event_date) as last_day,
        max(c.event_date) + max(p.service_case_days) as ends_on,
        max(q.service_case_weight) as weight
    from known.service_case as c
    cross join policy.indicator_window as p
    cross join policy.peer as q
    cross join run.info as r
    where c.case_kind in ('approval', 'hotline') and c.entity_id is not null and c.event_date > r.as_of - p.burst_days - p.baseline_days
    group by c.entity_id
)

select
    w.entity_id,
    'service_case.hotline_count' as indicator_id,
    cast(w.orders as decimal(18, 6)) as indicator_value,
    w.cases as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
where w.cases > 0
union all
select w.entity_id, 'service_case.unsolved_count' as indicator_id, cast(w.unsolved as decimal(18, 6)), w.cases, w.first_day, w.last_day, w.ends_on
from wide as w
where w.cases > 0
union all
select w.entity_id, 'service_case.refused_count' as indicator_id, cast(w.refused as decimal(18, 6)), w.cases, w.first_day, w.last_day, w.ends_on
from wide as w
where w.cases > 0
union all
select
    w.entity_id, 'service_case.burst' as indicator_id, burst(w.latest, w.expected_micro, w.weight),
    w.cases, w.first_day, w.last_day, w.ends_on
from wide as w
where w.latest > 0
