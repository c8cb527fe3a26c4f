"""Every table of the warehouse, put together: those of contracts and SQL files, and those that Python makes.

How a table becomes an asset stands in tables.py.
"""

import dagster as dg

from pipelines.resources import Run
from pipelines.tables import (
    REFERENCE,
    decided_asset,
    known_asset,
    made_asset,
    made_together,
    metric_value,
    policy,
    quarantine_sample,
    raw_asset,
    reference_asset,
    run_parameters,
    scored,
    sql_asset,
    text_recipe,
)
from warehouse import (
    catalog,
    decisions,
    drawing,
    plan_freeze,
    warning,
)
from warehouse.build import source_digest
from warehouse.linking import candidates, verdicts
from warehouse.stamps import digest
from warehouse.text import (
    campaigns,
    drift,
    labels,
    links,
    model_cards,
    orders,
    reading,
    replies,
    reposts,
    topics,
)

_CANDIDATE_READS = tuple(f"entity.{name}" for name in ("bearer", "code", "district", "mention", "name"))


def _link_recipe(run: Run) -> str:
    return text_recipe(run, "matching.text_link_weight", "matching.place_word")


def _repost_recipe(run: Run) -> str:
    return text_recipe(run, "text.repost")


def _topic_recipe(run: Run) -> str:
    return text_recipe(run, "text.topic", "text.heat", "text.excerpt")


def all_assets() -> list[dg.AssetsDefinition]:
    """Every table of the warehouse."""
    return [
        *(raw_asset(table) for table in catalog.contracts("raw").values()),
        run_parameters,
        policy,
        *(reference_asset(name, select) for name, select in REFERENCE.items()),
        *(known_asset(fact) for fact in catalog.contracts("fact").values()),
        *(sql_asset(table) for table in catalog.sql_tables().values()),
        decided_asset(
            "entity.link_verdict", "人工核对结论", lambda run: run.state.events(verdicts.KIND), verdicts.write_verdicts
        ),
        decided_asset(
            "known.decision",
            "对主体的人工决定",
            lambda run: decisions.listed(run.state, run.known_by),
            decisions.write_decisions,
        ),
        decided_asset(
            "plan.frozen_task",
            "已冻结计划的任务",
            lambda run: run.state.events(plan_freeze.KIND),
            plan_freeze.write_frozen_tasks,
        ),
        decided_asset(
            "known.warning_action",
            "预警处置",
            lambda run: warning.events(run.state, run.known_by),
            warning.write_actions,
        ),
        decided_asset(
            "known.suggested_inspection",
            "预警建议检查",
            lambda run: warning.events(run.state, run.known_by),
            warning.write_suggestions,
        ),
        made_asset(
            "entity.candidate",
            "称谓候选主体",
            _CANDIDATE_READS,
            lambda run: digest(run.policy.at(run.as_of).version, source_digest("warehouse/linking", "models/matching")),
            lambda run: candidates.write_candidates(run.engine, run.policy.at(run.as_of)),
        ),
        made_asset(
            "text.model",
            "文本模型说明卡",
            ["fact.text_item", "fact.service_case"],
            lambda run: model_cards.recipe(run.home, labels.listed(run.state, run.known_by)),
            lambda run: model_cards.write_models(run.engine, run.home, labels.listed(run.state, run.known_by)),
        ),
        made_together(
            {"text.reading": "文本研判", "text.risk": "文本风险标签"},
            ["fact.text_item", "text.model"],
            lambda run: reading.recipe(run.policy.at(run.as_of)),
            lambda run: reading.write_reading(run.engine, run.home, run.policy.at(run.as_of)),
        ),
        made_together(
            {"text.order_category": "工单类别研判", "text.order_candidate": "工单候选类别"},
            ["fact.service_case", "text.model"],
            lambda run: orders.recipe(run.policy.at(run.as_of)),
            lambda run: orders.write_categories(run.engine, run.home, run.policy.at(run.as_of)),
        ),
        made_asset(
            "text.candidate",
            "文本候选主体",
            ["known.text_item", "raw.registration", "entity.code", "entity.district"],
            _link_recipe,
            lambda run: links.write_candidates(run.engine, run.policy.at(run.as_of), _link_recipe(run)),
        ),
        decided_asset(
            "text.link_verdict",
            "文本关联核对结论",
            lambda run: run.state.events(links.KIND),
            links.write_verdicts,
        ),
        made_asset(
            "text.repost",
            "转发与照抄",
            ["known.text_item"],
            _repost_recipe,
            lambda run: reposts.write_reposts(run.engine, run.policy.at(run.as_of), _repost_recipe(run)),
        ),
        made_together(
            {"text.campaign_text": "集中刷评的文本", "text.campaign": "集中刷评"},
            campaigns.READS,
            lambda run: text_recipe(run, "text.campaign"),
            lambda run: campaigns.write_campaigns(run.engine, run.policy.at(run.as_of)),
        ),
        made_together(
            {"text.event": "热点事件", "text.event_item": "热点事件的文本与工单"},
            topics.READS,
            _topic_recipe,
            lambda run: topics.write_topics(run.engine, run.policy.at(run.as_of), run.as_of, _topic_recipe(run)),
        ),
        made_asset(
            "text.reply",
            "答复质量",
            replies.READS,
            lambda run: text_recipe(run, "text.reply", "text.excerpt"),
            lambda run: replies.write_replies(run.engine, run.policy.at(run.as_of)),
        ),
        made_asset(
            "mart.text_drift",
            "文本模型漂移",
            drift.READS,
            lambda run: digest(run.policy.at(run.as_of).version, source_digest("models/evidence", "warehouse/text")),
            lambda run: drift.write_drift(run.engine, run.policy.at(run.as_of)),
        ),
        scored,
        made_asset(
            "plan.draw_plan",
            "抽查计划：冻结名录与演示种子",
            ["plan.frame", "plan.stratum", "entity.inspector"],
            lambda run: digest(run.policy.at(run.as_of).version, source_digest("models/sampling")),
            lambda run: drawing.freeze(run.engine, run.built_at),
        ),
        made_asset(
            "plan.team",
            "检查组",
            ["plan.draw_plan", "plan.drawn", "plan.frame", "plan.stratum", "entity.inspector"],
            lambda run: digest(run.policy.at(run.as_of).version, source_digest("models/sampling")),
            lambda run: drawing.write_teams(run.engine),
        ),
        quarantine_sample,
        metric_value,
    ]
