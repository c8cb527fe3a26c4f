-- grain: one delivered row of a 311 service request; a request number may be repeated with another closing day
-- source: complaints_311_sanitation.parquet; a place, never an establishment
select
    load_no,
    row_number,
    Service_Request_Number as complaint_id,
    cast(null as varchar) as entity_code,
    cast(null as varchar) as entity_name,
    'CDPH' as department_id,
    -- the finest kind the source states: the nature of the nuisance is blank in one row of eighteen
    coalesce(Nature, Type_of_Service_Request) as complaint_kind,
    -- 0 stands for an unknown ward
    'ward-' || cast(cast(nullif(Ward, 0) as integer) as varchar) as district_code,
    trim(Street_Address) as address,
    Longitude as longitude,
    Latitude as latitude,
    Creation_Date as event_date,
    Completion_Date as closed_date,
    cast(null as boolean) as is_upheld
from delivered
