-- grain: one month × district of the entities that texts speak of; shares shrunk towards the month
select
    t.month,
    t.district_code,
    coalesce(d.district_name, t.district_code) as district_name,
    t.text_count,
    t.negative_count,
    t.positive_count,
    shrunk_share(
        t.negative_count, t.text_count,
        sum(t.negative_count) over (partition by t.month), sum(t.text_count) over (partition by t.month), p.shrink_cases
    ) as negative_ratio
from (
    select
        cast(date_trunc('month', v.event_date) as date) as month,
        coalesce(e.district_code, '-') as district_code,
        count(*) as text_count,
        count(*) filter (where v.polarity < 0) as negative_count,
        count(*) filter (where v.polarity > 0) as positive_count
    from text.evidence as v
    join known.entity as e on e.entity_id = v.entity_id
    cross join policy.reporting as q
    cross join run.info as r
    where v.polarity is not null and v.event_date >= cast(date_trunc('month', r.as_of) as date) - to_months(q.months - 1)
    group by date_trunc('month', v.event_date), coalesce(e.district_code, '-')
) as t
cross join policy.reporting as p
left join entity.district as d on d.district_code = t.district_code
order by t.month, t.district_code
