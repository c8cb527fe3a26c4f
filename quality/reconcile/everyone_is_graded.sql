-- every entity on the register has both grades
select 'entity ' || e.entity_id || ' has no grade' as failure
from known.entity as e
left join grade.grade as g on g.entity_id = e.entity_id
where e.status in ('active', 'revoked') and (g.credit_grade is null or g.risk_grade is null)
order by failure
