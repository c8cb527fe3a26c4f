-- grain: one check_item as last known by the as-of day
select
    r.check_item_id,
    r.name,
    r.department_id,
    r.basis,
    r.object_scope,
    r.ratio,
    r.frequency,
    r.is_key,
    r.skill,
    r.papers
from raw.check_item as r
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.check_item_id
