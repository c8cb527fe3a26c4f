-- grain: one entity that negative texts of the text window speak of; shares shrunk towards all entities
-- reposts are collapsed and of a brigade only what counts is counted (text.evidence)
with entities as (
    select
        t.entity_id,
        count(*) as text_count,
        count(*) filter (where t.polarity < 0) as negative_count,
        count(*) filter (where t.polarity < 0 and t.text_severity = 3) as grave_count,
        sum(t.collapsed_count) as collapsed_count,
        count(distinct t.campaign_id) as campaign_count,
        max(t.event_date) filter (where t.polarity < 0) as last_day
    from mart.entity_text as t
    group by t.entity_id
),

compared as (
    select
        s.*,
        sum(s.negative_count) over () as all_negative,
        sum(s.text_count) over () as all_texts
    from entities as s
)

select
    s.entity_id,
    e.entity_code,
    e.name,
    e.district_code,
    coalesce(d.district_name, e.district_code) as district_name,
    i.industry_section,
    s.text_count,
    s.negative_count,
    s.grave_count,
    shrunk_share(s.negative_count, s.text_count, s.all_negative, s.all_texts, p.shrink_cases) as negative_ratio,
    cast(s.collapsed_count as bigint) as collapsed_count,
    s.campaign_count,
    s.last_day
from compared as s
join known.entity as e on e.entity_id = s.entity_id
cross join policy.reporting as p
left join entity.district as d on d.district_code = e.district_code
left join entity.industry as i on i.industry_code = e.industry_code
where s.negative_count > 0
order by s.negative_count desc, s.entity_id
