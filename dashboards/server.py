"""Serving the pages: gunicorn with threads, on loopback only, until somebody logs in.

The application is made in `app.py`; the command line is `pipelines/cli.py`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from dashboards.app import create_app

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


def serve(home: Path, port: int) -> None:
    """Serve the snapshots of `home` on 127.0.0.1 until interrupted; prints READY and the address once it listens.

    There is no login yet, so no other address is offered.
    """
    address = f"127.0.0.1:{port}"
    settings = {
        "bind": address,
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": 3,
        "proc_name": "mingcha",
        "loglevel": "warning",
        "when_ready": lambda _: print(f"READY http://{address}", flush=True),  # noqa: T201
    }
    _Server(lambda: create_app(home).server, settings).run()
