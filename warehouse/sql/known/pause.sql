-- grain: one pause of a case with the local days on which it began and ended
select
    p.feed_id,
    p.case_id,
    p.pause_no,
    p.pause_kind,
    p.started_at,
    p.ended_at,
    cast(p.started_at + to_minutes(f.offset_minutes) as date) as started_on,
    cast(p.ended_at + to_minutes(z.offset_minutes) as date) as ended_on
from known.case_pause as p
left join known.local_hour as f on f.feed_id = p.feed_id and f.hour = date_trunc('hour', p.started_at)
left join known.local_hour as z on z.feed_id = p.feed_id and z.hour = date_trunc('hour', p.ended_at)
