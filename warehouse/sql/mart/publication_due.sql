-- grain: one penalty that is not published yet, or was published after its limit in the last reporting year
with published as (
    select
        p.published_id,
        min(p.event_date) as published_on
    from known.publication as p
    where p.published_kind = 'penalty'
    group by p.published_id
)

select
    f.penalty_id,
    f.entity_id,
    f.department_id,
    f.event_date as decided_on,
    p.published_on,
    cast(e.workday_no - s.workday_no as bigint) as used_count,
    l.limit_workdays as statutory_limit,
    e.workday_no - s.workday_no > l.limit_workdays as is_over_statutory
from known.penalty as f
cross join run.info as r
cross join policy.reporting as q
join policy.publication_limit as l on l.published_kind = 'penalty'
-- a zone whose publications are not delivered has no such clock
join (select count(*) as deliveries from known.publication) as d on d.deliveries > 0
left join published as p on p.published_id = f.penalty_id
join policy.workday as s on s.day = f.event_date
join policy.workday as e on e.day = coalesce(p.published_on, r.as_of)
where f.event_date > r.as_of - q.year_days and (p.published_on is null or e.workday_no - s.workday_no > l.limit_workdays)
order by f.penalty_id
