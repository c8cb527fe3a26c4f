-- grain: one entity × indicator of the family profile
with wide as (
    select
        e.entity_id,
        r.as_of - e.established_date as age_days,
        case e.hazard_level when 'low' then 0 when 'medium' then 1 when 'high' then 2 end as hazard,
        e.established_date,
        e.valid_from
    from known.entity as e
    cross join run.info as r
)

select
    w.entity_id,
    'profile.age_years' as indicator_id,
    ratio(w.age_days, 365) as indicator_value,
    1 as evidence_count,
    w.established_date as first_evidence,
    w.established_date as last_evidence,
    cast(null as date) as expires_on
from wide as w
where w.age_days >= 0
union all
select
    w.entity_id,
    'profile.hazard' as indicator_id,
    cast(w.hazard as decimal(18, 6)) as indicator_value,
    1 as evidence_count,
    w.valid_from as first_evidence,
    w.valid_from as last_evidence,
    cast(null as date) as expires_on
from wide as w
where w.hazard is not null
