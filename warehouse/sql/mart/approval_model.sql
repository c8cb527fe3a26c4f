-- grain: one item: what it asked for at first and what it asks for now (四减)
with ordered as (
    select
        i.*,
        row_number() over (partition by i.item_code order by i.event_date, i.feed_id) as oldest,
        row_number() over (partition by i.item_code order by i.event_date desc, i.feed_id) as newest
    from known.service_item as i
)

select
    n.item_code,
    n.item_name,
    o.event_date as since,
    n.event_date as changed_on,
    o.promised_days as promised_days_before,
    n.promised_days as promised_days,
    n.statutory_days,
    o.step_count as step_count_before,
    n.step_count,
    o.document_count as document_count_before,
    n.document_count,
    o.hall_visit_count as hall_visit_count_before,
    n.hall_visit_count,
    n.is_online,
    n.is_all_online,
    n.is_instant
from ordered as n
join ordered as o on o.item_code = n.item_code and o.oldest = 1
where n.newest = 1
order by n.item_code
