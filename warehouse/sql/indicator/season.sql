-- grain: one entity × indicator of the family season
-- how often inspections of the coming month found something critical in earlier years, as a multiple of the whole year
with told as (
    select
        e.industry_code,
        case when i.critical_count > 0 then 1 else 0 end as critical,
        month(i.event_date) = month(r.as_of + 1) as is_coming
    from known.inspection_scale as i
    join known.entity as e on e.entity_id = i.entity_id
    cross join run.info as r
    where i.scale_micro is not null
),

trade as (
    select
        industry_code,
        count(*) filter (where is_coming) as inspections,
        coalesce(sum(critical) filter (where is_coming), 0) as critical,
        shrunk(sum(critical), count(*) * 1000000, 0, 0) as yearly_rate
    from told
    group by industry_code
)

select
    e.entity_id,
    'season.critical_ratio' as indicator_id,
    relative(t.critical, t.inspections * 1000000, t.yearly_rate, p.group_weight) as indicator_value,
    t.inspections as evidence_count,
    cast(null as date) as first_evidence,
    cast(null as date) as last_evidence,
    cast(null as date) as expires_on
from known.entity as e
join trade as t on t.industry_code = e.industry_code
cross join policy.peer as p
where t.yearly_rate > 0
