-- grain: one open hotline order that a person should look at: the model is not sure, or reads another matter or another department
-- The usual department of a category is the one that closed most of its orders; a person decides, nothing is moved by itself.
with handled as (
    select
        left(c.item_code, 4) as category_code,
        c.department_id,
        count(*) as order_count
    from known.service_case as c
    where c.case_kind = 'hotline' and c.closed_at is not null
    group by left(c.item_code, 4), c.department_id
),

usual as (
    select
        h.category_code,
        h.department_id
    from handled as h
    qualify row_number() over (partition by h.category_code order by h.order_count desc, h.department_id) = 1
),

read as (
    select
        c.feed_id,
        c.case_id,
        c.known_at,
        c.opened_at,
        c.title,
        c.district_code,
        c.department_id,
        c.item_code,
        c.item_name,
        s.suggested_code,
        s.category_level,
        s.category_probability,
        u.department_id as usual_department_id,
        case
            when s.needs_person then 'not_sure'
            when u.department_id <> c.department_id then 'other_department'
            when left(c.item_code, 2 * s.category_level) <> s.suggested_code then 'other_category'
        end as review_cause
    from known.service_case as c
    join text.order_category as s on s.feed_id = c.feed_id and s.case_id = c.case_id and s.known_at = c.known_at
    left join usual as u on u.category_code = left(s.suggested_code, 4)
    where c.case_kind = 'hotline' and c.closed_at is null
),

offered as (
    select
        k.feed_id,
        k.case_id,
        k.known_at,
        max(case when k.rank_no = 1 then k.suggested_code end) as first_code,
        max(case when k.rank_no = 2 then k.suggested_code end) as second_code,
        max(case when k.rank_no = 3 then k.suggested_code end) as third_code
    from text.order_candidate as k
    group by k.feed_id, k.case_id, k.known_at
),

named as (
    select
        left(c.item_code, n.digits) as code,
        max(case n.digits
            when 2 then split_part(c.item_name, '·', 1)
            when 4 then split_part(c.item_name, '·', 1) || '·' || split_part(c.item_name, '·', 2)
            else c.item_name
        end) as name
    from known.service_case as c
    cross join (values (2), (4), (6)) as n(digits)
    where c.case_kind = 'hotline' and c.item_name is not null
    group by left(c.item_code, n.digits)
)

select
    r.feed_id,
    r.case_id,
    r.opened_at,
    r.title,
    r.district_code,
    r.department_id,
    p.name as department_name,
    r.item_code,
    r.item_name,
    r.suggested_code,
    g.name as suggested_name,
    r.category_level,
    r.category_probability,
    cast(r.usual_department_id as varchar) as usual_department_id,
    q.name as usual_department_name,
    r.review_cause,
    o.first_code,
    a.name as first_name,
    o.second_code,
    b.name as second_name,
    o.third_code,
    d.name as third_name
from read as r
left join offered as o on o.feed_id = r.feed_id and o.case_id = r.case_id and o.known_at = r.known_at
left join named as g on g.code = r.suggested_code
left join named as a on a.code = o.first_code
left join named as b on b.code = o.second_code
left join named as d on d.code = o.third_code
left join entity.department as p on p.department_id = r.department_id
left join entity.department as q on q.department_id = r.usual_department_id
where r.review_cause is not null
order by r.opened_at, r.case_id
