-- grain: one bundle of items (一件事), all versions; laid out by topic
select
    r.topic_code,
    r.name,
    r.item_codes,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.service_topic as r
order by r.topic_code, r.name
