-- grain: one publication of a result or decision, all versions; laid out by publication
select
    r.publication_id,
    r.published_kind,
    r.published_id,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.publication as r
order by r.publication_id, r.published_kind
