-- grain: one entity that may be drawn, frozen on the as-of day
-- in the stratum of the grades that hold: those a person set, else those computed
with graded as (
    select
        g.entity_id,
        coalesce(c.decided_grade, g.credit_grade) as credit_grade,
        coalesce(k.decided_grade, g.risk_grade) as risk_grade
    from grade.grade as g
    left join grade.override as c on c.entity_id = g.entity_id and c.pack_id = 'credit'
    left join grade.override as k on k.entity_id = g.entity_id and k.pack_id = 'risk'
)

select
    'annual-' || cast(r.as_of as varchar) as plan_id,
    e.entity_id,
    e.entity_code,
    g.credit_grade || cast(c.grade_no as varchar) as stratum_id,
    g.credit_grade,
    g.risk_grade,
    e.district_code
from known.entity as e
join graded as g on g.entity_id = e.entity_id
join policy.scorecard_cut as c on c.pack_id = 'risk' and c.grade = g.risk_grade
cross join run.info as r
where e.status = 'active'
order by e.entity_code
