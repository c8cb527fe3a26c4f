-- grain: one state of one entity, from its first day to the day before the next
-- registers observe different facts: each fact holds until a register says otherwise
with observed as (
    select
        c.entity_id,
        r.entity_code,
        r.event_date,
        r.known_at,
        r.name,
        r.legal_form,
        r.industry_code,
        r.hazard_level,
        r.district_code,
        r.address,
        r.longitude,
        r.latitude,
        r.capital_cny,
        r.established_date,
        r.status,
        r.parent_code,
        r.predecessor_code,
        row_number() over (
            partition by c.entity_id order by r.event_date, r.known_at, r.source_id, r.load_no, r.row_number
        ) as observation_no
    from raw.registration as r
    join entity.code as c on c.entity_code = r.entity_code
    cross join run.info as i
    where r.known_at < i.known_by  -- what became known later must not be carried forward
),

carried as (
    select
        entity_id,
        entity_code,
        event_date,
        known_at,
        observation_no,
        name,
        last_value(legal_form ignore nulls) over so_far as legal_form,
        last_value(industry_code ignore nulls) over so_far as industry_code,
        last_value(hazard_level ignore nulls) over so_far as hazard_level,
        last_value(district_code ignore nulls) over so_far as district_code,
        last_value(address ignore nulls) over so_far as address,
        last_value(longitude ignore nulls) over so_far as longitude,
        last_value(latitude ignore nulls) over so_far as latitude,
        last_value(capital_cny ignore nulls) over so_far as capital_cny,
        last_value(established_date ignore nulls) over so_far as established_date,
        status,
        last_value(parent_code ignore nulls) over so_far as parent_code,
        last_value(predecessor_code ignore nulls) over so_far as predecessor_code
    from observed
    window so_far as (
        partition by entity_id order by observation_no rows between unbounded preceding and current row
    )
),

-- of several observations on one day the last stands for the day
followed as (
    select c.*, lead(c.event_date) over (partition by c.entity_id order by c.observation_no) as next_date
    from carried as c
)

select
    entity_id,
    entity_code,
    event_date as valid_from,
    next_date - 1 as valid_to,
    known_at,
    name,
    legal_form,
    industry_code,
    hazard_level,
    district_code,
    address,
    longitude,
    latitude,
    capital_cny,
    established_date,
    status,
    parent_code,
    predecessor_code,
    observation_no
from followed
where next_date is null or next_date > event_date
order by entity_id, observation_no
