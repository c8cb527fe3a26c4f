-- grain: one inspection; the state of the establishment as the inspection found it
-- source: inspections.parquet; about one inspection in ten has no licence term, its establishment is known from here only
select
    load_no,
    row_number,
    cast(License as varchar) as entity_code,
    trim(DBA_Name) as name,
    cast(null as varchar) as legal_form,
    trim(Facility_Type) as industry_code,
    case Risk
        when 'Risk 1 (High)' then 'high'
        when 'Risk 2 (Medium)' then 'medium'
        when 'Risk 3 (Low)' then 'low'
        else Risk
    end as hazard_level,
    cast(null as varchar) as district_code,
    trim(Address) as address,
    Longitude as longitude,
    Latitude as latitude,
    cast(null as decimal(18, 2)) as capital_cny,
    cast(null as date) as established_date,
    'active' as status,
    cast(null as varchar) as parent_code,
    cast(null as varchar) as predecessor_code,
    Inspection_Date as event_date
from delivered
