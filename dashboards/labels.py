"""Chinese words for the coded values that pages show.

Only sets named in the column contracts; names of indicators, districts and items come with the data.
"""

from collections.abc import Mapping

from models.text.lexicon import risks

STATUS = {"active": "存续", "revoked": "吊销", "deregistered": "注销", "moved_out": "迁出"}
LEGAL_FORM = {
    "company": "公司",
    "branch": "分支机构",
    "sole_proprietor": "个体工商户",
    "partnership": "合伙企业",
    "cooperative": "农民专业合作社",
    "other": "其他",
}
INSPECTION_KIND = {
    "random": "随机抽查",
    "routine": "日常检查",
    "special": "专项检查",
    "complaint": "投诉举报核查",
    "recheck": "复查",
    "licensing": "许可核查",
}
RESULT = {"pass": "未发现问题", "rectify": "责令改正", "fail": "不合格", "no_entry": "无法进入"}
PENALTY_KIND = {
    "warning": "警告",
    "fine": "罚款",
    "confiscation": "没收",
    "suspension": "责令停产停业",
    "licence_revoked": "吊销许可证",
}
PENALTY_SEVERITY = {"minor": "轻微", "general": "一般", "serious": "严重"}
APPLICATION_KIND = {"issue": "核发", "renew": "延续", "change": "变更", "cancel": "注销"}
CHANGE_KIND = {
    "name": "名称",
    "address": "住所",
    "district": "区划",
    "industry": "行业",
    "capital": "注册资本",
    "legal_form": "主体类型",
    "status": "登记状态",
    "merger": "合并",
    "split": "分立",
}
LIST_KIND = {"abnormal": "经营异常名录", "serious": "严重违法失信名单"}
LISTING_ACTION = {"listed": "列入", "removed": "移出"}
STEP_KIND = {
    "accept": "受理",
    "review": "审查",
    "site_visit": "现场核查",
    "decide": "决定",
    "deliver": "送达",
    "dispatch": "派单",
    "handle": "办理",
    "supervise": "督办",
    "call_back": "回访",
    "evaluate": "评价",
    "answer": "答复",
    "assign": "交办",
    "collect": "收集",
    "completion": "竣工验收",
    "construction": "施工许可",
    "design": "工程建设许可",
    "land_use": "立项用地规划许可",
    "mediate": "调解",
    "report_in": "报到",
    "verify": "核查",
}
WARNING_LEVEL = {"Ⅰ": "Ⅰ 红", "Ⅱ": "Ⅱ 橙", "Ⅲ": "Ⅲ 黄", "Ⅳ": "Ⅳ 蓝"}
WARNING_KIND = {
    "overdue": "超期风险",
    "burst": "热线突增",
    "complaint_burst": "投诉突增",
    "licence": "证照到期",
    "publication": "公示时限",
    "satisfaction": "满意率下降",
    "source": "来源逾期",
    "topic": "热点升温",
}
WARNING_STATE = {
    "new": "未处置",
    "acknowledged": "已签收",
    "handed_over": "已转交",
    "settled": "已办结",
    "dismissed": "不成立",
    "suggested": "已建议检查",
}
DETECTOR = {
    "last_day_closure": "压线办结",
    "perfect_rating": "评价全满分",
    "relabelled_withdrawal": "改标撤回",
    "split_order": "拆分工单",
}
DETECTOR_MEANING = {
    "last_day_closure": "办结集中在承诺时限的最后一日，远多于同事项其他区县",
    "perfect_rating": "评价件件满分，按同事项其他区县的满分比例几乎不可能",
    "relabelled_withdrawal": "临近时限时撤回，同一主体几日内就同一事项重新申请",
    "split_order": "同一来电人、类别、区县在短时间内录成多件工单",
}
ITEM_KIND = {"text": "文本", "case": "工单"}
STREAM = {"hotline": "热线", "complaint": "投诉举报"}
AUDIT_RESULT = {
    "ok": "成功",
    "failed": "失败",
    "refused": "拒绝",
    "csrf": "校验令牌无效",
    "added": "增加",
    "reset": "重置口令",
    "disabled": "停用",
    "enabled": "启用",
    "changed": "改变角色或范围",
    "cancelled": "中断",
    "allowed": "允许",
    "revoked": "撤销",
}
YES_NO = {"true": "是", "false": "否"}
UNIT = {"1": "0–1", "hour": "小时", "working day": "工作日", "day": "日"}
AREA = {
    "overview": "总览",
    "approvals": "审批效能",
    "approval_quality": "审批质量",
    "hotline": "热线",
    "hotline_quality": "热线质量",
    "casework": "哨单、问题与项目",
    "warning": "预警",
    "text": "舆情",
    "quality": "数据质量",
}
# in the order of the page
POLICY_GROUP = {
    "scorecard": "评分表",
    "indicator": "指标",
    "repair": "信用修复",
    "sampling": "双随机",
    "casework": "办件与预警",
    "case_pack": "案件种类",
    "text": "舆情",
    "registration": "登记",
    "matching": "关联与比对",
    "reporting": "报表",
    "evidence": "回溯与监测",
    "privacy": "个人信息",
    "access": "访问与权限",
}
CADENCE = {"daily": "每日", "weekly": "每周", "monthly": "每月", "yearly": "每年", "once": "一次性"}
SEED_SOURCE = {"revealed": "各方揭示值", "demonstration": "固定演示值"}
DIRECTION = {"higher_is_better": "越高越好", "lower_is_better": "越低越好", "neutral": "不作评价"}
REASON = {
    "missing": "必填为空",
    "unreadable": "无法识别",
    "not_allowed": "不在代码表",
    "implausible": "日期不合理",
    "bad_code": "代码不符",
}
REASON_MEANING = {
    "missing": "契约规定必填的列没有值",
    "unreadable": "有值，但不能读成日期、数字等规定类型",
    "not_allowed": "值不在该列的代码表内",
    "implausible": "日期早于 1900 年或晚于 2079 年",
    "bad_code": "登记信息中的统一社会信用代码校验位不符",
}
STAGE = {
    "raw": "报送",
    "quarantine": "隔离",
    "entity": "主体",
    "fact": "事实",
    "known": "截至已知",
    "text": "文本",
    "indicator": "指标",
    "grade": "等级",
    "plan": "抽查",
    "outcome": "结果",
    "mart": "主题",
    "quality": "质量",
    "run": "运行",
    "policy": "规则",
}
SENSITIVITY = {"public": "公开", "internal": "内部", "personal": "个人信息"}
CHECK_STATE = {"passed": "通过", "failed": "未通过", "error": "未能检查"}
CHECK_SEVERITY = {"blocking": "阻断", "warning": "提醒"}
FAMILY = {
    "inspection": "检查",
    "finding": "检查发现",
    "penalty": "行政处罚",
    "abnormal_list": "名录",
    "complaint": "投诉举报",
    "licence": "许可",
    "change": "变更",
    "visit": "到访",
    "annual_report": "年报",
    "tax_filing": "纳税申报",
    "service_case": "诉求与办件",
    "text": "舆情",
}
SEVERITY = {"minor": "轻微", "serious": "较重", "critical": "严重"}
VISIT_CAUSE = {
    "routine": "日常",
    "complaint": "投诉",
    "licensing": "许可",
    "recheck": "复查",
    "incident": "事件",
    "consultation": "咨询服务",
    "other": "其他",
}
DECISION = {
    "repair": "信用修复",
    "override": "人工认定",
    "objection": "异议",
    "human_review": "人工复核申请",
    "access": "查阅申请",
    "rectification": "更正申请",
    "deletion": "删除申请",
}
OUTCOME = {"granted": "支持", "partly_granted": "部分支持", "refused": "不支持"}
CASE_KIND = {
    "approval": "审批",
    "complaint": "投诉",
    "hotline": "工单",
    "issue": "问题",
    "message": "留言",
    "project": "项目",
    "request": "请求",
    "whistle": "哨单",
}
# of the relation: what the other entity is to the one that the relation starts from, and the other way round
RELATION = {
    "branch": ("总机构", "分支机构"),
    "conversion": ("个转企前身", "个转企后继"),
    "split": ("分立前身", "分立后继"),
    "code_change": ("原代码档案", "新代码档案"),
    "merger": ("合并前身", "合并后继"),
    "duplicate": ("重复登记", "重复登记"),
}
RECORD = {"penalty": "行政处罚", "abnormal_list": "名录列入"}
PACK = {"credit": "信用", "risk": "风险"}
PLAN_KIND = {"annual": "年度", "monthly": "月度", "special": "专项"}
DRAW_METHOD = {"equal": "层内等概率", "pps": "按规模大小"}
VISIT_STATE = {"drawn": "已抽中", "issued": "已派发", "changed": "已改派", "cancelled": "已取消"}
SKIPPED = {
    "certificate": "证件",
    "leave": "休假",
    "skill": "专业",
    "district": "区县",
    "recused": "回避",
    "seated": "已在组内",
    "load": "负荷较高",
}
PUBLISHED_KIND = {"inspection": "检查结果", "penalty": "行政处罚", "withdrawal": "撤下"}
CAP_STATE = {"breached": "超过上限", "reached": "已到上限", "near": "尚余一次"}
SIZE_CLASS = {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型", "unknown": "未报送人数"}
SECTION = {
    "A": "农林牧渔",
    "B": "采矿",
    "C": "制造",
    "D": "电热燃水",
    "E": "建筑",
    "F": "批发零售",
    "G": "交通仓储邮政",
    "H": "住宿餐饮",
    "I": "信息软件",
    "J": "金融",
    "K": "房地产",
    "L": "租赁商务",
    "M": "科研技术",
    "N": "水利环境公共设施",
    "O": "居民服务修理",
    "P": "教育",
    "Q": "卫生社会工作",
    "R": "文化体育娱乐",
    "S": "公共管理社会组织",
    "T": "国际组织",
}

POLARITY = {"-1": "负面", "0": "中性", "1": "正面"}
CHANNEL = {"review": "点评", "microblog": "微博", "forum": "论坛", "video": "短视频", "news": "新闻"}
EVIDENCE = {
    "delivered": "来源所报名称",
    "official": "登记名称",
    "plain": "去掉地名与组织形式的名称",
    "brand": "字号",
    "verdict": "人工核对",
    "name": "自有名称",
    "repaired_code": "纠正后的代码",
    "same": "名称相同",
    "same_core": "字号相同",
    "same_characters": "用字相同",
    "same_start": "开头相同",
    "different": "不同",
}
REVIEW_CAUSE = {"not_sure": "类别拿不准", "other_department": "部门可能不对", "other_category": "类别可能不对"}
RISK = {name: one.zh for name, one in risks().items()}


def word(words: Mapping[str, str], code: object, missing: str = "—") -> str:
    """The Chinese word for a code, or each of several joined by ;. Unknown ones stay as they are, none is a dash."""
    return missing if code is None else "、".join(words.get(one, one) for one in str(code).split(";"))
