"""The server process: says READY once it listens, on loopback, and answers."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen


def test_server_says_ready_and_answers_on_loopback(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (
        "import sys, pathlib; from dashboards.server import serve; serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", command, str(home), str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"READY http://127.0.0.1:{port}"
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            assert json.load(answer)["status"] == "ok"
    finally:
        process.terminate()
        process.communicate(timeout=30)
