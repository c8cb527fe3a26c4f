"""Jobs, the daily schedule, the landing-folder sensor, backfill by table, and the alarm for missing deliveries.

No tables and no data here.
"""

import hashlib
import os
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.resources import Run
from pipelines.tables import key
from warehouse import catalog
from warehouse.home import Home

ZONE = "Asia/Shanghai"
_SETTLED_SECONDS = 60  # a file still being written would change its size until the next tick

refresh = dg.define_asset_job("refresh", selection=dg.AssetSelection.all(), description="全部刷新并发布")
graded = dg.define_asset_job(
    "graded",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("mart", "published"),
    description="刷新到评级为止，不发布（回溯检验与拟合用）",
)
daily = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh,
    cron_schedule="30 2 * * *",
    execution_timezone=ZONE,
    description="每日 02:30 刷新",
)


def backfills() -> list[UnresolvedAssetJobDefinition]:
    """One job a raw table: load all its archived deliveries again and rebuild what follows from it."""
    return [
        dg.define_asset_job(
            f"backfill_{table.name}",
            selection=dg.AssetSelection.assets(key(table.qualified)).downstream(),
            description=f"重新装载：{table.zh}",
        )
        for table in catalog.contracts("raw").values()
    ]


@dg.sensor(job=refresh, minimum_interval_seconds=_SETTLED_SECONDS, description="报送目录有新文件时刷新")
def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a refresh when the landing folder changed and has stood still since the last look."""
    folder = Path(os.environ.get("MINGCHA_DATA", "") or Home(Path(os.environ.get("MINGCHA_HOME", ".mingcha"))).landing)
    seen, asked = (context.cursor or ":").split(":")
    now = fingerprint(folder)
    if now in ("", asked):
        return dg.SkipReason(f"{folder} 没有新文件")
    if now != seen:
        return dg.SensorResult(cursor=f"{now}:{asked}", skip_reason=dg.SkipReason(f"{folder} 仍在变化"))
    return dg.SensorResult(cursor=f"{now}:{now}", run_requests=[dg.RunRequest(run_key=now)])


def fingerprint(folder: Path) -> str:
    """Return a hash over name, size and time of every file below `folder`; "" when there is none."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    if not files:
        return ""
    told = "\n".join(f"{p.relative_to(folder)} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in files)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@dg.asset_check(asset=key("mart.data_age"), description="有来源超过报送周期未报送")
def missing_delivery(run: dg.ResourceParam[Run]) -> dg.AssetCheckResult:
    """Warn when a source has delivered nothing for longer than its cadence allows."""
    late = run.engine.rows("select feed_id || '/' || source_id, age_days from mart.data_age where is_late order by 1")
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={name: -1 if age is None else age for name, age in late},
    )
