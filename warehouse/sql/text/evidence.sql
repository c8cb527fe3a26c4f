-- grain: one text that counts for one entity, and how much of it: the probability that it means the entity, in millionths
-- what is repeated counts once, and of a brigade no more than campaign_text lets through; polarity and severity are null
-- where no model read the text
select
    t.feed_id,
    t.text_id,
    t.known_at,
    l.entity_id,
    t.event_date,
    y.polarity,
    y.text_severity,
    cast(cast(l.link_probability as decimal(18, 6)) * 1000000 as bigint) as weight_micro
from text.link as l
join known.text_item as t on t.feed_id = l.feed_id and t.text_id = l.text_id and t.known_at = l.known_at
left join text.repost as r on r.feed_id = l.feed_id and r.text_id = l.text_id and r.known_at = l.known_at
left join text.campaign_text as c
    on c.feed_id = l.feed_id and c.text_id = l.text_id and c.known_at = l.known_at and c.entity_id = l.entity_id
left join text.reading as y on y.feed_id = l.feed_id and y.text_id = l.text_id and y.known_at = l.known_at
where l.is_linked and r.text_id is null and coalesce(c.is_counted, true)
