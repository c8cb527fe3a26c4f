"""The commands of whoever runs an installation: backup, restore, prune. Arguments and answers only.

The work is done in warehouse/backup and warehouse/retention; how to use them, in docs/operate.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import logs
from pipelines.options import BROKEN_DELIVERY, DEFAULT_HOME, TRY_LATER, WRONG_ARGUMENTS, HomeOption, fail
from warehouse.home import Home, HomeBusyError

commands = typer.Typer()


@commands.command()
def backup(
    out: Annotated[Path, typer.Option(help="备份文件 .tar.zst 或 .tar.gz；给出目录则以时间命名")],
    keep: Annotated[int, typer.Option(min=0, help="该目录中保留最新的几份；0 为全部保留")] = 0,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """备份：人工决定、全部报送文件、当前快照、抽查包、月度存档；刷新进行中也可备份。"""
    from warehouse.backup import NAME, BackupError, create

    is_folder = out.is_dir()
    if keep and not is_folder:
        raise fail(f"--keep counts the backups of a folder, and {out} is none", WRONG_ARGUMENTS)
    target = out / f"mingcha-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.zst" if is_folder else out
    opened = Home.at(home)
    try:
        logs.start(opened)
        made = create(opened, target)
    except (BackupError, ValueError) as error:
        logs.tell_error(error)
        raise fail(str(error)) from None
    for old in sorted(out.glob(NAME))[:-keep] if keep else []:
        old.unlink()
    size = target.stat().st_size
    logs.tell("backed_up", file=target.name, files=made.file_count, bytes=size, damaged=list(made.damaged))
    typer.echo(f"{made.file_count:,} files, {made.byte_count / 1e6:,.1f} MB in {size / 1e6:,.1f} MB: {target}")
    if made.damaged:
        told = ", ".join(made.damaged)
        raise fail(f"written, but not as they were received: {told}; have the source deliver again", BROKEN_DELIVERY)


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="替换非空目录；原有内容移入 replaced-<时间>")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """恢复备份；先核对每个文件的摘要，之后的第一次刷新重建数据仓库。"""
    from warehouse.backup import BackupError
    from warehouse.backup import restore as unpack

    try:
        done = unpack(file, home, force=force)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except BackupError as error:
        raise fail(str(error)) from None
    logs.start(Home.at(home))
    logs.tell("restored", file=file.name, files=done.file_count, snapshot=done.snapshot)
    typer.echo(f"{done.file_count:,} files in {home}; published: {done.snapshot or 'nothing'}")


@commands.command()
def prune(home: HomeOption = DEFAULT_HOME) -> None:
    """清理不再保留的文件（每次刷新结束时也会进行）；保留期限见 MINGCHA_KEEP_RAW_YEARS。"""
    from pipelines.standing import FEEDS
    from warehouse import retention
    from warehouse.feed import FeedError, load_feed

    opened = Home.at(home)
    try:
        keeping = retention.Keeping.configured()
        logs.start(opened)
        with opened.writing():
            names = sorted(register.parent.name for register in opened.deliveries.glob("*/deliveries.jsonl"))
            feeds = [load_feed(FEEDS / name) for name in names]
            gone = retention.prune(opened, feeds, keeping, datetime.now(UTC).replace(tzinfo=None))
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except (FeedError, ValueError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    logs.tell("pruned", files=gone)
    typer.echo("\n".join([*gone, f"{len(gone):,} removed"]))
