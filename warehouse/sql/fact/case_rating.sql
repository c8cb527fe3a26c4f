-- grain: one rating of a case in one dimension, all versions; laid out by case
select
    r.case_id,
    r.rating_no,
    r.dimension,
    r.rated_at,
    r.rating,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.case_rating as r
order by r.case_id, r.rating_no
