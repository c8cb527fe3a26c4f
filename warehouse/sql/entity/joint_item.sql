-- grain: one joint_item as last known by the as-of day
select
    r.joint_item_id,
    r.name,
    r.lead_department_id,
    r.department_ids,
    r.check_item_ids
from raw.joint_item as r
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.joint_item_id
