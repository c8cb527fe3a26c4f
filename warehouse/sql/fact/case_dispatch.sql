-- grain: one dispatch of a case to a department, all versions; laid out by case
select
    r.case_id,
    r.dispatch_no,
    r.department_id,
    r.dispatched_at,
    r.accepted_at,
    r.returned_at,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.case_dispatch as r
order by r.case_id, r.dispatch_no
