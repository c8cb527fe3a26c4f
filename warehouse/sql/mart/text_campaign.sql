-- grain: one brigade that touches the last reporting year: many texts alike about one entity, by few authors, in a short time
with counted as (
    select
        g.campaign_id,
        min(t.event_date) as started_on,
        max(t.event_date) as ended_on,
        count(*) filter (where g.is_counted) as counted_text_count,
        count(*) filter (where y.polarity < 0) as negative_count
    from text.campaign_text as g
    join known.text_item as t on t.feed_id = g.feed_id and t.text_id = g.text_id and t.known_at = g.known_at
    left join text.reading as y on y.feed_id = g.feed_id and y.text_id = g.text_id and y.known_at = g.known_at
    group by g.campaign_id
)

select
    c.campaign_id,
    c.entity_id,
    e.entity_code,
    e.name,
    e.district_code,
    coalesce(d.district_name, e.district_code) as district_name,
    n.started_on,
    n.ended_on,
    c.text_count,
    c.author_count,
    c.alike_ratio,
    n.negative_count,
    n.counted_text_count
from text.campaign as c
join counted as n on n.campaign_id = c.campaign_id
join known.entity as e on e.entity_id = c.entity_id
cross join policy.reporting as p
cross join run.info as r
left join entity.district as d on d.district_code = e.district_code
where n.ended_on > r.as_of - p.year_days
order by n.ended_on desc, c.campaign_id
