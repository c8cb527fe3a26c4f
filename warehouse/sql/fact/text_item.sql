-- grain: one text, all versions; laid out by entity
-- linked by code; where the code is unknown, by a name that only one entity bears, and known only since that name was
select
    n.entity_id as entity_id,
    case when n.entity_id is not null then 'name' end as linked_by,
    r.text_id,
    r.channel,
    r.entity_name,
    r.district_code,
    r.title,
    r.body,
    r.author_id,
    r.published_at,
    r.event_date,
    r.feed_id,
    r.source_id,
    r.load_id,
    r.row_number,
    greatest(r.known_at, n.known_at) as known_at,
    r.superseded_at
from raw.text_item as r
left join entity.name as n on n.name_key = name_key(r.entity_name)
order by entity_id, r.event_date, r.known_at, r.text_id
