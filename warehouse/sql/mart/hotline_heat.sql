-- grain: one leaf category × district over the last recent days; codes have two digits a level, names are joined by ·
select
    c.item_code,
    max(coalesce(c.item_name, c.item_code)) as item_name,
    substr(c.item_code, 1, 2) as field_code,
    max(split_part(coalesce(c.item_name, c.item_code), '·', 1)) as field_name,
    substr(c.item_code, 1, 4) as category_code,
    max(coalesce(nullif(split_part(c.item_name, '·', 2), ''), c.item_name, c.item_code)) as category_name,
    c.district_code,
    max(coalesce(d.district_name, c.district_code)) as district_name,
    max(coalesce(d.district_kind, 'district')) as district_kind,
    count(*) as order_count
from known.case_clock as c
cross join policy.reporting as p
cross join run.info as r
left join entity.district as d on d.district_code = c.district_code
where c.case_kind = 'hotline' and c.district_code is not null and c.opened_on > r.as_of - p.recent_days
group by c.item_code, c.district_code
order by c.item_code, c.district_code
