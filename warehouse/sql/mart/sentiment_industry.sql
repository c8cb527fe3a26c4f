-- grain: one industry section of the entities that texts speak of, over the text window and the same time before it; shares shrunk
with areas as (
    select
        coalesce(i.industry_section, '-') as industry_section,
        count(*) filter (where v.event_date > r.as_of - p.text_days) as text_count,
        count(*) filter (where v.polarity < 0 and v.event_date > r.as_of - p.text_days) as negative_count,
        count(*) filter (where v.polarity < 0 and v.text_severity = 3 and v.event_date > r.as_of - p.text_days) as grave_count,
        count(distinct v.entity_id) filter (where v.event_date > r.as_of - p.text_days) as entity_count,
        count(*) filter (where v.event_date <= r.as_of - p.text_days) as text_count_before,
        count(*) filter (where v.polarity < 0 and v.event_date <= r.as_of - p.text_days) as negative_count_before
    from text.evidence as v
    join known.entity as e on e.entity_id = v.entity_id
    left join entity.industry as i on i.industry_code = e.industry_code
    cross join policy.indicator_window as p
    cross join run.info as r
    where v.polarity is not null and v.event_date > r.as_of - 2 * p.text_days
    group by coalesce(i.industry_section, '-')
)

select
    a.industry_section,
    a.text_count,
    a.negative_count,
    a.grave_count,
    a.entity_count,
    shrunk_share(
        a.negative_count, a.text_count, sum(a.negative_count) over (), sum(a.text_count) over (), p.shrink_cases
    ) as negative_ratio,
    a.text_count_before,
    a.negative_count_before
from areas as a
cross join policy.reporting as p
order by a.industry_section
