"""Serving the pages: gunicorn with threads, behind a sign-in or, on loopback only, as a demonstration.

The application is made in `app.py` and `entrance.py`; the command line is `pipelines/cli.py`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from dashboards.entrance import ADMINISTRATOR, demo_app, first_administrator, guarded_app
from dashboards.settings import ServingSettings

THREADS = 8


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, make: Callable[[], Any], settings: dict[str, Any]) -> None:
        self._make = make
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # In the worker, after the fork: a snapshot must not be open when a process divides.
        return self._make()


def serve(home: Path, port: int, *, demo: bool = False) -> None:
    """Serve the snapshots of `home` until interrupted; prints READY and the address once it listens.

    Raises SettingsError when a setting is wrong, or when others could come in without a sign-in.
    """
    settings = ServingSettings.configured()
    if demo:
        demo_app(home, settings)  # refuses what must not be served, before anything listens
        _warn("DEMO 无需登录，只有本机可以访问；右上角切换角色")
    elif password := first_administrator(home, settings):
        _warn(f"FIRST START 一次性口令只显示这一次：用户 {ADMINISTRATOR}，口令 {password}")
    made = demo_app if demo else guarded_app
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    scheme = "https" if settings.certificate else "http"
    configured: dict[str, Any] = {
        "bind": f"{host}:{port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": 3,
        "proc_name": "mingcha",
        "loglevel": "warning",
        "when_ready": lambda _: _tell(f"READY {settings.url or f'{scheme}://{host}:{port}'}"),
    }
    if settings.certificate:
        configured |= {"certfile": str(settings.certificate), "keyfile": str(settings.certificate_key)}
    _Server(lambda: made(home, settings).server, configured).run()


def _warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201
