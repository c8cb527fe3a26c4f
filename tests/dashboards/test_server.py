"""The server process: says READY once it listens, on loopback, and answers; who has no account stays outside."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.dashboards.entered import users_of

RUN = (
    "import sys, pathlib; from dashboards.server import serve;"
    " serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]), demo=sys.argv[3] == 'demo')"
)


def command(home: Path, port: int, mode: str) -> list[str]:
    return [sys.executable, "-c", RUN, str(home), str(port), mode]


@contextmanager
def served(home: Path, mode: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(home, port, mode), **pipes, text=True) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == f"READY http://127.0.0.1:{port}"
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(30)


def test_a_demonstration_says_ready_and_answers_on_loopback(home: Path) -> None:
    with served(home, "demo") as (address, process):
        assert requests.get(f"{address}/healthz", timeout=30).json()["status"] == "ok"
        assert requests.get(f"{address}/entities", timeout=30).url == f"{address}/entities"
        script = requests.get(f"{address}/assets/plotly/plotly.js?m=1", timeout=30)
        assert (script.headers["Content-Encoding"], "immutable" in script.headers["Cache-Control"]) == ("gzip", True)
        assert script.text.startswith("// Built by scripts/plotly")
        process.terminate()
        assert process.stderr is not None
        assert "DEMO" in process.stderr.read()


def test_the_first_start_shows_one_password_once(tmp_path: Path) -> None:
    for starts in (1, 2):
        with served(tmp_path, "accounts") as (address, process):
            assert requests.get(f"{address}/entities", timeout=30).url.startswith(f"{address}/sign-in")
            assert requests.get(f"{address}/_dash-layout", timeout=30).status_code == 401
            process.terminate()
            assert process.stderr is not None
            found = re.findall(r"口令 (\S+-\S+)", process.stderr.read())
        assert len(found) == (1 if starts == 1 else 0)
        if found:
            assert users_of(tmp_path).check("admin", found[0]) is not None


def test_others_do_not_get_in_where_nobody_has_an_account(tmp_path: Path) -> None:
    settings = {"MINGCHA_BIND": "0.0.0.0", "MINGCHA_URL": "https://mc.example", "MINGCHA_PROXIES": "1"}  # noqa: S104
    for mode, told in (("accounts", "mingcha user add"), ("demo", "for loopback only")):
        refused = subprocess.run(
            command(tmp_path, 0, mode),
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert refused.returncode != 0
        assert told in refused.stderr.splitlines()[-1]
        assert "READY" not in refused.stdout
