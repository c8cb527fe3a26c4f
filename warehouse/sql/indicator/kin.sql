-- grain: one entity × indicator of the family kin
-- what was found at others: of the same name (a chain or one owner's shops), and of the same trade; itself left out
with member as (
    select
        e.entity_id,
        chain_key(e.name) as chain_key,
        e.industry_code,
        coalesce(k.inspection_count, 0) as inspection_count,
        coalesce(k.critical_weight, 0) as critical_weight,
        coalesce(k.critical_exposure, 0) as critical_exposure,
        coalesce(k.finding_weight, 0) as finding_weight,
        coalesce(k.finding_exposure, 0) as finding_exposure
    from known.entity as e
    left join known.record as k on k.entity_id = e.entity_id
    where e.status in ('active', 'revoked')
),

usual as (
    select
        shrunk_micro(sum(critical_weight), sum(critical_exposure), 0, 0) as critical_rate,
        shrunk_micro(sum(finding_weight), sum(finding_exposure), 0, 0) as finding_rate
    from member
    having sum(critical_exposure) > 0
),

wide as (
    select
        m.entity_id,
        m.chain_key,
        m.industry_code,
        count(*) over chain - 1 as chain_others,
        sum(m.inspection_count) over chain - m.inspection_count as chain_inspections,
        sum(m.critical_weight) over chain - m.critical_weight as chain_critical,
        sum(m.critical_exposure) over chain - m.critical_exposure as chain_critical_exposure,
        sum(m.finding_weight) over chain - m.finding_weight as chain_findings,
        sum(m.finding_exposure) over chain - m.finding_exposure as chain_finding_exposure,
        sum(m.inspection_count) over trade - m.inspection_count as trade_inspections,
        sum(m.critical_weight) over trade - m.critical_weight as trade_critical,
        sum(m.critical_exposure) over trade - m.critical_exposure as trade_critical_exposure,
        sum(m.finding_weight) over trade - m.finding_weight as trade_findings,
        sum(m.finding_exposure) over trade - m.finding_exposure as trade_finding_exposure
    from member as m
    window chain as (partition by m.chain_key), trade as (partition by m.industry_code)
),

rated as (
    select
        w.entity_id,
        'kin.chain_critical_ratio' as indicator_id,
        w.chain_critical as events,
        w.chain_critical_exposure as exposure,
        u.critical_rate as usual_rate,
        p.record_weight as weight,
        w.chain_inspections as inspections
    from wide as w
    cross join usual as u
    cross join policy.peer as p
    where w.chain_key is not null and w.chain_inspections > 0
    union all
    select w.entity_id, 'kin.chain_finding_ratio' as indicator_id, w.chain_findings, w.chain_finding_exposure, u.finding_rate, p.record_weight, w.chain_inspections
    from wide as w
    cross join usual as u
    cross join policy.peer as p
    where w.chain_key is not null and w.chain_inspections > 0
    union all
    select w.entity_id, 'kin.trade_critical_ratio' as indicator_id, w.trade_critical, w.trade_critical_exposure, u.critical_rate, p.group_weight, w.trade_inspections
    from wide as w
    cross join usual as u
    cross join policy.peer as p
    where w.industry_code is not null
    union all
    select w.entity_id, 'kin.trade_finding_ratio' as indicator_id, w.trade_findings, w.trade_finding_exposure, u.finding_rate, p.group_weight, w.trade_inspections
    from wide as w
    cross join usual as u
    cross join policy.peer as p
    where w.industry_code is not null
)

select
    w.entity_id,
    'kin.chain_size' as indicator_id,
    cast(w.chain_others as decimal(18, 6)) as indicator_value,
    w.chain_others as evidence_count,
    cast(null as date) as first_evidence,
    cast(null as date) as last_evidence,
    cast(null as date) as expires_on
from wide as w
where w.chain_key is not null
union all
select
    r.entity_id, r.indicator_id, relative_micro(r.events, r.exposure, r.usual_rate, r.weight), cast(r.inspections as bigint), null, null, null
from rated as r
