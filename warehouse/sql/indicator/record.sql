-- grain: one entity × indicator of the family record
-- the entity's own findings, as they fade, on the common scale, as a multiple of what is usual in the zone
with usual as (
    select
        shrunk_micro(sum(critical_weight), sum(critical_exposure), 0, 0) as critical_rate,
        shrunk_micro(sum(finding_weight), sum(finding_exposure), 0, 0) as finding_rate,
        shrunk_micro(sum(serious_weight), sum(finding_exposure), 0, 0) as serious_rate,
        shrunk_micro(sum(minor_weight), sum(finding_exposure), 0, 0) as minor_rate,
        shrunk_micro(sum(problem_weight), sum(exposure), 0, 0) as problem_rate
    from known.record
),

rated as (
    select
        k.entity_id,
        'record.critical_ratio' as indicator_id,
        k.critical_weight as events,
        k.critical_exposure as exposure,
        u.critical_rate as usual_rate,
        k.inspection_count,
        k.first_inspected_on,
        k.last_inspected_on
    from known.record as k
    cross join usual as u
    union all
    select k.entity_id, 'record.finding_ratio' as indicator_id, k.finding_weight, k.finding_exposure, u.finding_rate, k.inspection_count, k.first_inspected_on, k.last_inspected_on
    from known.record as k
    cross join usual as u
    union all
    select k.entity_id, 'record.serious_ratio' as indicator_id, k.serious_weight, k.finding_exposure, u.serious_rate, k.inspection_count, k.first_inspected_on, k.last_inspected_on
    from known.record as k
    cross join usual as u
    union all
    select k.entity_id, 'record.minor_ratio' as indicator_id, k.minor_weight, k.finding_exposure, u.minor_rate, k.inspection_count, k.first_inspected_on, k.last_inspected_on
    from known.record as k
    cross join usual as u
    union all
    select k.entity_id, 'record.problem_ratio' as indicator_id, k.problem_weight, k.exposure, u.problem_rate, k.inspection_count, k.first_inspected_on, k.last_inspected_on
    from known.record as k
    cross join usual as u
)

select
    k.entity_id,
    k.indicator_id,
    relative_micro(k.events, k.exposure, k.usual_rate, p.record_weight) as indicator_value,
    k.inspection_count as evidence_count,
    k.first_inspected_on as first_evidence,
    k.last_inspected_on as last_evidence,
    cast(null as date) as expires_on
from rated as k
cross join policy.peer as p
