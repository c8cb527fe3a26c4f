-- grain: one inspector as last known by the as-of day
select
    r.inspector_id,
    r.department_id,
    r.certificate_no,
    r.certificate_valid_until,
    r.district_code,
    r.district_codes,
    r.skills
from raw.inspector as r
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by and coalesce(r.superseded_at, i.known_by) >= i.known_by
order by r.inspector_id
