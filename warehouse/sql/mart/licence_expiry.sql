-- grain: one licence in force that ends within the reminder horizon and was not renewed
with latest as (
    select
        l.*,
        row_number() over (partition by l.entity_id, l.licence_kind order by l.expires_on desc nulls first, l.event_date desc, l.licence_id) as place,
        bool_or(l.application_kind = 'cancel') over (partition by l.entity_id, l.licence_kind) as is_cancelled
    from known.licence as l
    where l.entity_id is not null
)

select
    l.licence_id,
    l.entity_id,
    e.entity_code,
    e.name,
    l.licence_kind,
    l.department_id,
    e.district_code,
    e.industry_code,
    l.expires_on,
    l.expires_on - r.as_of as days_left,
    (
        select min(w.at_most)
        from policy.warning_level as w
        where w.warning_kind = 'licence' and l.expires_on - r.as_of <= w.at_most
    ) as reminder_days
from latest as l
cross join run.info as r
cross join (select max(at_most) as days from policy.warning_level where warning_kind = 'licence') as h
join known.entity as e on e.entity_id = l.entity_id and e.status = 'active'
where l.place = 1 and not l.is_cancelled and l.expires_on > r.as_of and l.expires_on <= r.as_of + h.days
order by l.expires_on, l.licence_id
