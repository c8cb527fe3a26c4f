-- grain: one entity that may be drawn, frozen on the as-of day
select
    'annual-' || cast(r.as_of as varchar) as plan_id,
    e.entity_id,
    e.entity_code,
    g.credit_grade || cast(c.grade_no as varchar) as stratum_id,
    g.credit_grade,
    g.risk_grade,
    e.district_code
from known.entity as e
join grade.grade as g on g.entity_id = e.entity_id
join policy.scorecard_cut as c on c.pack_id = 'risk' and c.grade = g.risk_grade
cross join run.info as r
where e.status = 'active'
order by e.entity_code
