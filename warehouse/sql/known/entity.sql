-- grain: one entity as it stood on the as-of day, by what was known then
with ranked as (
    select
        h.*,
        row_number() over (partition by h.entity_id order by h.observation_no desc) as recency
    from entity.history as h
    cross join run.info as i
    where h.valid_from <= i.as_of and h.known_at < i.known_by
)

select
    r.entity_id,
    r.entity_code,
    r.valid_from,
    r.name,
    r.legal_form,
    r.industry_code,
    coalesce(g.industry_name, r.industry_code) as industry_name,
    coalesce(r.hazard_level, g.hazard_level) as hazard_level,
    r.district_code,
    coalesce(d.district_name, r.district_code) as district_name,
    r.address,
    r.longitude,
    r.latitude,
    r.capital_cny,
    r.established_date,
    r.status,
    r.parent_code,
    r.predecessor_code
from ranked as r
left join entity.industry as g on g.industry_code = r.industry_code
left join entity.district as d on d.district_code = r.district_code
where r.recency = 1
order by r.entity_id
