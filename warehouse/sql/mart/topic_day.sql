-- grain: one day on which an event was spoken of
select
    i.event_id,
    e.district_code,
    i.event_date as day,
    count(*) as text_count,
    count(*) filter (where i.is_repost) as repost_items
from text.event_item as i
join text.event as e on e.event_id = i.event_id
group by i.event_id, e.district_code, i.event_date
order by i.event_id, i.event_date
