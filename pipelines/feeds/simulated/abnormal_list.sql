-- grain: one listing or removal
-- source: abnormal_list.csv of the market register
select
    load_no,
    row_number,
    "列入编号" as listing_id,
    case "列入或移出"
        when '列入' then 'listed'
        when '移出' then 'removed'
        else "列入或移出"
    end as listing_action,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    case "名录类别"
        when '经营异常名录' then 'abnormal'
        when '严重违法失信名单' then 'serious'
        else "名录类别"
    end as list_kind,
    "决定日期" as event_date,
    "报送日期" as known_at
from delivered
