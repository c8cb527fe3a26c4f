-- grain: one entity × veto that applies (a hard situation holds the grade down)
select
    e.entity_id,
    t.pack_id,
    t.veto_id,
    t.worst_grade_no,
    t.reason_zh,
    t.basis,
    t.indicator_id,
    v.indicator_value,
    v.last_evidence
from known.entity as e
join indicator.value as v on v.entity_id = e.entity_id
join policy.indicator as i on i.indicator_no = v.indicator_no
join policy.scorecard_veto as t on t.indicator_id = i.indicator_id
where
    e.status in ('active', 'revoked')
    and v.indicator_value >= micro(t.at_least_micro)
order by e.entity_id, t.pack_id, t.veto_id
