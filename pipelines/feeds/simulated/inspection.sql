-- grain: one inspection of one entity on one day
-- source: inspection_<year>.csv of the inspecting departments
select
    load_no,
    row_number,
    "检查编号" as inspection_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    case "检查类型"
        when '双随机抽查' then 'random'
        when '日常检查' then 'routine'
        when '专项检查' then 'special'
        when '投诉核查' then 'complaint'
        when '复查' then 'recheck'
        when '许可核查' then 'licensing'
        else "检查类型"
    end as inspection_kind,
    "抽查事项编号" as check_item_id,
    "检查人员" as inspector_ids,
    "检查日期" as event_date,
    case "检查结果"
        when '通过' then 'pass'
        when '责令改正' then 'rectify'
        when '不合格' then 'fail'
        when '未能进入' then 'no_entry'
        else "检查结果"
    end as result,
    "严重问题数" as critical_count,
    "较重问题数" as serious_count,
    "轻微问题数" as minor_count,
    "报送日期" as known_at
from delivered
