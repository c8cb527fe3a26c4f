-- grain: one normalised name of one entity in one district, as known by then
with named as (
    select r.name, c.entity_id, r.district_code, min(r.known_at) as known_at
    from raw.registration as r
    join entity.code as c on c.entity_code = r.entity_code
    where r.event_date <= (select i.as_of from run.info as i) and r.known_at < (select i.known_by from run.info as i)
    group by r.name, c.entity_id, r.district_code
)

select
    name_key(name) as name_key,
    entity_id,
    district_code,
    min(known_at) as known_at
from named
group by name_key(name), entity_id, district_code
having max(name_key(name)) is not null
order by name_key, entity_id, district_code
