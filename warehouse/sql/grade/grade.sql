-- grain: one entity; internal: grades are never published
select
    s.entity_id,
    r.as_of,
    r.policy_version,
    r.run_id,
    max(s.scorecard_score) filter (where s.pack_id = 'credit') as credit_score,
    max(s.scorecard_grade) filter (where s.pack_id = 'credit') as credit_grade,
    max(s.veto_reasons) filter (where s.pack_id = 'credit') as credit_veto,
    max(s.scorecard_score) filter (where s.pack_id = 'risk') as risk_score,
    max(s.scorecard_grade) filter (where s.pack_id = 'risk') as risk_grade,
    max(s.veto_reasons) filter (where s.pack_id = 'risk') as risk_veto
from grade.score as s
cross join run.info as r
group by s.entity_id, r.as_of, r.policy_version, r.run_id
order by s.entity_id
