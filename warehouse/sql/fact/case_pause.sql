-- grain: one pause of a case, all versions; laid out by case
select
    r.case_id,
    r.pause_no,
    r.pause_kind,
    r.started_at,
    r.ended_at,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.case_pause as r
order by r.case_id, r.pause_no
