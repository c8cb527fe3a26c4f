-- grain: one leave of an inspector as last known by the as-of day
select
    r.inspector_id,
    r.valid_from,
    r.valid_to
from raw.inspector_leave as r
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.inspector_id, r.valid_from
