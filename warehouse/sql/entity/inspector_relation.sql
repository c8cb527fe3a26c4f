-- grain: one entity that an inspector must not inspect, as last known by the as-of day
select
    r.inspector_id,
    r.entity_code,
    c.entity_id,
    r.recusal_cause,
    r.valid_from,
    r.valid_to
from raw.inspector_relation as r
cross join run.info as i
left join entity.code as c on c.entity_code = r.entity_code
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.inspector_id, r.entity_code, r.recusal_cause
