-- grain: one reply to a case, all versions; laid out by case
select
    r.case_id,
    r.department_id,
    r.question,
    r.reply,
    r.replied_at,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.case_reply as r
order by r.case_id
