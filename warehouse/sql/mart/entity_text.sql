-- grain: one text that counts for one entity within the text window; what repeats it is collapsed into it
-- no author; numbers and names of accounts in the excerpt are masked
with window_texts as (
    select v.*
    from text.evidence as v
    cross join policy.indicator_window as p
    cross join run.info as r
    where v.event_date > r.as_of - p.text_days
),

repeats as (
    select
        s.first_feed_id,
        s.first_text_id,
        count(*) as collapsed_count
    from text.repost as s
    join known.text_item as t on t.feed_id = s.feed_id and t.text_id = s.text_id and t.known_at = s.known_at
    group by s.first_feed_id, s.first_text_id
)

select
    v.entity_id,
    v.feed_id,
    v.text_id,
    v.event_date,
    e.entity_code,
    e.name,
    e.district_code,
    t.channel,
    t.title,
    excerpt(t.body, cast(json_extract_string(x.value_json, '$.letters') as integer)) as text_excerpt,
    y.polarity,
    y.polarity_probability,
    y.text_severity,
    y.risk_ids,
    micro(v.weight_micro) as text_weight,
    coalesce(s.collapsed_count, 0) as collapsed_count,
    g.campaign_id
from window_texts as v
join known.text_item as t on t.feed_id = v.feed_id and t.text_id = v.text_id and t.known_at = v.known_at
join text.reading as y on y.feed_id = v.feed_id and y.text_id = v.text_id and y.known_at = v.known_at
join known.entity as e on e.entity_id = v.entity_id
join policy.value as x on x.policy_id = 'text.excerpt'
cross join run.info as r
left join repeats as s on s.first_feed_id = v.feed_id and s.first_text_id = v.text_id
left join text.campaign_text as g
    on g.feed_id = v.feed_id and g.text_id = v.text_id and g.known_at = v.known_at and g.entity_id = v.entity_id
where x.valid_from <= r.as_of and (x.valid_to is null or x.valid_to >= r.as_of)
order by v.entity_id, v.event_date desc, v.feed_id, v.text_id
