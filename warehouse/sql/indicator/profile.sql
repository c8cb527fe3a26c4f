-- grain: one entity × indicator of the family profile
with wide as (
    select
        e.entity_id,
        r.as_of - e.established_date as age_days,
        case e.hazard_level when 'low' then 0 when 'medium' then 1 when 'high' then 2 end as hazard,
        e.capital_cny,
        case when e.status = 'revoked' then 1 else 0 end as is_revoked,
        case when e.address is null or e.district_code is null then 1 else 0 end as is_unlocated,
        count(*) filter (where e.status = 'active' and e.address is not null) over (partition by e.address) - 1 as neighbours,
        e.address,
        e.established_date,
        e.valid_from
    from known.entity as e
    cross join run.info as r
)

select
    w.entity_id,
    'profile.age_years' as indicator_id,
    ratio(w.age_days, 365) as indicator_value,
    cast(1 as bigint) as evidence_count,
    w.established_date as first_evidence,
    w.established_date as last_evidence,
    cast(null as date) as expires_on
from wide as w
where w.age_days >= 0
union all
select w.entity_id, 'profile.hazard' as indicator_id, cast(w.hazard as decimal(18, 6)), 1, w.valid_from, w.valid_from, null
from wide as w
where w.hazard is not null
union all
select w.entity_id, 'profile.capital_cny' as indicator_id, cast(w.capital_cny as decimal(18, 6)), 1, w.valid_from, w.valid_from, null
from wide as w
where w.capital_cny is not null
union all
select w.entity_id, 'profile.is_revoked' as indicator_id, cast(w.is_revoked as decimal(18, 6)), 1, w.valid_from, w.valid_from, null
from wide as w
union all
select w.entity_id, 'profile.is_unlocated' as indicator_id, cast(w.is_unlocated as decimal(18, 6)), 1, w.valid_from, w.valid_from, null
from wide as w
union all
select w.entity_id, 'profile.same_address_count' as indicator_id, cast(greatest(w.neighbours, 0) as decimal(18, 6)), 1, w.valid_from, w.valid_from, null
from wide as w
where w.address is not null
