"""The command `mingcha serve`: checks the home, starts the pages, and tells the log when they begin and end.

The server is dashboards/server; who may come in is said by dashboards/entrance.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail
from warehouse.home import Home


def serve(
    port: Annotated[int, typer.Option(help="端口")] = 8050,
    demo: Annotated[bool, typer.Option("--demo", help="演示：无需登录，只有本机可以访问")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """提供页面（缺省只在 127.0.0.1）；首次启动建立管理员并显示一次性口令，READY 之后可以登录。"""
    from dashboards.server import serve as run
    from pipelines import logs
    from warehouse.upgrade import LayoutError, check

    opened = Home.at(home)
    try:
        check(opened)
        logs.start(opened)
    except (LayoutError, ValueError) as error:
        raise fail(str(error)) from None
    logs.tell("serve_started", port=port)
    process = os.getpid()
    try:
        run(opened.root, port, demo=demo)
    except ValueError as error:  # SettingsError, and PolicyError of a rule of access
        raise fail(str(error), WRONG_ARGUMENTS) from None
    finally:
        if os.getpid() == process:  # and not a worker that the server forked
            logs.tell("serve_stopped", port=port)
