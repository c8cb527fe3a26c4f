-- grain: one entity × indicator of the family abnormal_list
-- on a list from the day of listing until the day it ends (known.listing)
with wide as (
    select
        l.entity_id,
        count(*) filter (where l.is_open) as listings_now,
        count(*) filter (where l.is_open and l.list_kind = 'serious') as serious_now,
        count(*) filter (where not l.is_open and l.ends_on > l.window_start) as ended,
        sum(greatest(l.until_day - greatest(l.listed_on, l.window_start), 0)) as listed_days,
        count(*) as listings,
        min(l.listed_on) as first_day,
        max(l.listed_on) as last_day
    from (
        select
            a.entity_id,
            a.list_kind,
            a.listed_on,
            a.ends_on,
            a.ends_on is null or a.ends_on > r.as_of as is_open,
            least(coalesce(a.ends_on, r.as_of), r.as_of) as until_day,
            r.as_of - p.abnormal_list_days as window_start
        from known.listing as a
        cross join policy.indicator_window as p
        cross join run.info as r
    ) as l
    group by l.entity_id
)

select
    w.entity_id,
    'abnormal_list.is_listed' as indicator_id,
    cast(case when w.listings_now > 0 then 1 else 0 end as decimal(18, 6)) as indicator_value,
    w.listings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    cast(null as date) as expires_on
from wide as w
union all
select
    w.entity_id, 'abnormal_list.is_serious' as indicator_id,
    cast(case when w.serious_now > 0 then 1 else 0 end as decimal(18, 6)), w.listings, w.first_day, w.last_day, null
from wide as w
union all
select w.entity_id, 'abnormal_list.past_count' as indicator_id, cast(w.ended as decimal(18, 6)), w.listings, w.first_day, w.last_day, null
from wide as w
union all
select w.entity_id, 'abnormal_list.listed_days' as indicator_id, cast(w.listed_days as decimal(18, 6)), w.listings, w.first_day, w.last_day, null
from wide as w
