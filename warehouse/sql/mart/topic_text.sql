-- grain: one text or order that shows best what an event is about
select
    i.event_id,
    i.rank_no,
    e.district_code,
    i.item_kind,
    i.item_id,
    i.event_date,
    i.excerpt
from text.event_item as i
join text.event as e on e.event_id = i.event_id
where i.rank_no is not null
order by i.event_id, i.rank_no
