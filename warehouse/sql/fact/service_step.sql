-- grain: one step of a case, all versions; laid out by case
select
    s.case_id,
    s.step_no,
    s.step_kind,
    s.department_id,
    s.started_at,
    s.ended_at,
    s.event_date,
    s.feed_id,
    s.known_at,
    s.superseded_at
from raw.service_step as s
order by s.case_id, s.step_no
