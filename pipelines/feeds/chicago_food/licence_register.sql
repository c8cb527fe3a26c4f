-- grain: one licence term; the state of the establishment on the first day of the term
-- source: licences.parquet (City of Chicago, business licences matched to food establishments)
select
    load_no,
    row_number,
    cast(LICENSE_NUMBER as varchar) as entity_code,
    trim(DOING_BUSINESS_AS_NAME) as name,
    cast(null as varchar) as legal_form,
    -- the usual licence says nothing of the trade: what an inspection saw before stays
    nullif(trim(LICENSE_DESCRIPTION), 'Retail Food Establishment') as industry_code,
    cast(null as varchar) as hazard_level,
    'ward-' || cast(WARD as varchar) as district_code,
    trim(ADDRESS) as address,
    LONGITUDE as longitude,
    LATITUDE as latitude,
    cast(null as decimal(18, 2)) as capital_cny,
    -- a first day later than the observation would be knowledge from the future
    case when FIRST_LICENSE_DATE <= LICENSE_TERM_START_DATE then FIRST_LICENSE_DATE end as established_date,
    'active' as status,
    cast(null as varchar) as parent_code,
    cast(null as varchar) as predecessor_code,
    LICENSE_TERM_START_DATE as event_date
from delivered
