-- grain: one entity × indicator of the family abnormal_list
-- on a list from the day of listing until the day of removal
with listing as (
    select
        a.entity_id,
        a.feed_id,
        a.listing_id,
        min(a.list_kind) as list_kind,
        min(a.event_date) filter (where a.listing_action = 'listed') as listed_on,
        min(a.event_date) filter (where a.listing_action = 'removed') as removed_on
    from known.abnormal_list as a
    where a.entity_id is not null
    group by a.entity_id, a.feed_id, a.listing_id
),

wide as (
    select
        l.entity_id,
        count(*) filter (where l.removed_on is null) as listings_now,
        count(*) filter (where l.removed_on is null and l.list_kind = 'serious') as serious_now,
        count(*) as listings,
        min(l.listed_on) as first_day,
        max(l.listed_on) as last_day
    from listing as l
    where l.listed_on is not null
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
    w.entity_id,
    'abnormal_list.is_serious' as indicator_id,
    cast(case when w.serious_now > 0 then 1 else 0 end as decimal(18, 6)) as indicator_value,
    w.listings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    cast(null as date) as expires_on
from wide as w
