-- grain: one annual report filed
-- source: annual_report_<year>.parquet of the publicity system
select
    load_no,
    row_number,
    "年报编号" as report_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    "年报年度" as report_year,
    "从业人数" as employee_count,
    "营业收入" as revenue_cny,
    "报送年报日期" as event_date
from delivered
