-- grain: one way in which sources name an entity without a registered code
with delivered as (
    select entity_code, entity_name, cast(null as varchar) as district_code from raw.abnormal_list
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.annual_report
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.change
    union all
    select entity_code, entity_name, district_code from raw.complaint
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.inspection
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.licence
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.penalty
    union all
    select entity_code, entity_name, district_code from raw.service_case
    union all
    select entity_code, entity_name, cast(null as varchar) from raw.visit
    union all
    select entity_code, cast(null as varchar), cast(null as varchar) from raw.tax_filing
    union all
    select cast(null as varchar), entity_name, district_code from raw.text_item
),

unregistered as (
    select
        mention_key(d.entity_code, d.entity_name, d.district_code) as mention_key,
        min(d.entity_code) as entity_code,
        min(d.entity_name) as entity_name,
        min(d.district_code) as district_code
    from delivered as d
    left join entity.code as c on c.entity_code = d.entity_code
    where c.entity_id is null and (d.entity_code is not null or d.entity_name is not null)
    group by mention_key(d.entity_code, d.entity_name, d.district_code)
)

select
    mention_key,
    entity_code,
    entity_name,
    district_code,
    name_key(entity_name) as name_key
from unregistered
order by mention_key
