-- grain: one event that many spoke of in the last days, with its heat and its warning
select
    e.event_id,
    e.event_label,
    e.district_code,
    coalesce(d.district_name, '不限区县') as district_name,
    e.entity_id,
    n.name,
    e.department_id,
    e.first_seen_on,
    e.rose_on,
    e.last_seen_on,
    e.text_count,
    e.order_count,
    e.repost_items,
    e.author_count,
    e.engagement_count,
    e.heat_score,
    e.people_score,
    e.texts_score,
    e.engagement_score,
    e.growth_score,
    e.heat_score >= p.warned_heat and e.growth_score >= p.warned_growth as is_rising,
    e.rose_on + p.respond_days as respond_by
from text.event as e
cross join policy.topic as p
left join entity.district as d on d.district_code = e.district_code
left join known.entity as n on n.entity_id = e.entity_id
order by e.heat_score desc, e.event_id
