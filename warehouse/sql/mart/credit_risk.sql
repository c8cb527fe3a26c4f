-- grain: one district × credit grade × risk grade
select
    coalesce(e.district_code, '-') as district_code,
    g.credit_grade,
    g.risk_grade,
    count(*) as entity_count
from grade.grade as g
join known.entity as e on e.entity_id = g.entity_id
where e.status = 'active'
group by coalesce(e.district_code, '-'), g.credit_grade, g.risk_grade
order by district_code, credit_grade, risk_grade
