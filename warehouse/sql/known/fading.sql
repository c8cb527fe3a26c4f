-- grain: one rule of fading × day: what an event of that day still weighs on the as-of day
-- A table of its own: joined through the age of each event, the engine compared every event with every age.
select
    d.decay_id,
    r.as_of - d.age_days as event_date,
    d.weight_micro
from policy.decay as d
cross join run.info as r
order by d.decay_id, event_date
