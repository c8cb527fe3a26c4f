-- grain: one entity × indicator, as of the run's day
select
    r.as_of,
    v.entity_id,
    i.indicator_id,
    i.indicator_no,
    v.indicator_value,
    v.evidence_count,
    v.first_evidence,
    v.last_evidence,
    v.expires_on
from (
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.abnormal_list
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.annual_report
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.change
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.complaint
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.finding
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.inspection
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.kin
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.licence
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.near
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.penalty
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.profile
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.record
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.relation
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.season
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.service_case
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.tax_filing
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.text
    union all
    select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on from indicator.visit
) as v
cross join run.info as r
left join policy.indicator as i on i.indicator_id = v.indicator_id
order by v.entity_id, i.indicator_no
