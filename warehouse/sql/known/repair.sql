-- grain: one record whose credit was repaired by the as-of day; it stops counting on repaired_on
select
    d.entity_id,
    d.record_kind,
    d.record_id,
    min(d.valid_from) as repaired_on
from known.decision as d
cross join run.info as r
where
    d.decision_kind = 'repair'
    and d.valid_from <= r.as_of
    and (d.valid_to is null or d.valid_to >= r.as_of)
group by d.entity_id, d.record_kind, d.record_id
order by d.entity_id, d.record_kind, d.record_id
