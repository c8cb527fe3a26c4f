-- grain: one text, all versions; laid out by entity
-- linked by name (entity.link), and known only since the register entry was
select
    l.entity_id,
    l.linked_by,
    r.text_id,
    r.channel,
    r.district_code,
    r.title,
    r.body,
    r.author_id,
    r.like_count,
    r.comment_count,
    r.repost_count,
    r.published_at,
    r.event_date,
    r.feed_id,
    greatest(r.known_at, l.known_at) as known_at,
    r.superseded_at
from raw.text_item as r
left join entity.link as l on l.mention_key = mention_key(null, r.entity_name, r.district_code)
order by entity_id, r.event_date
