-- grain: one inspected entity with what was found there and the exposure it was found in, both as they fade with age
select
    i.entity_id,
    count(*) as inspection_count,
    cast(sum(case when i.critical_count > 0 then d.weight_micro else 0 end) as bigint) as critical_weight,
    cast(sum(half_even(d.weight_micro * i.critical_scale_micro, 1000000)) as bigint) as critical_exposure,
    cast(sum(d.weight_micro * i.serious_count) as bigint) as serious_weight,
    cast(sum(d.weight_micro * i.minor_count) as bigint) as minor_weight,
    cast(sum(d.weight_micro * (i.critical_count + i.serious_count + i.minor_count)) as bigint) as finding_weight,
    cast(sum(case when i.result <> 'pass' then d.weight_micro else 0 end) as bigint) as problem_weight,
    cast(sum(half_even(d.weight_micro * i.scale_micro, 1000000)) as bigint) as finding_exposure,
    cast(sum(d.weight_micro) as bigint) as exposure,
    min(i.event_date) as first_inspected_on,
    max(i.event_date) as last_inspected_on
from known.inspection_scale as i
join known.fading as d on d.decay_id = 'record' and d.event_date = i.event_date
where i.scale_micro is not null
group by i.entity_id
order by i.entity_id
