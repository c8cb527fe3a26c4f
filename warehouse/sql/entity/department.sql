-- grain: one department as last known by the as-of day
select
    r.department_id,
    r.name
from raw.department as r
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.department_id
