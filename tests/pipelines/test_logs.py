"""The log: what is in it, what never is, rotation between processes, and that a full disk stops nobody."""

from __future__ import annotations

import json
import logging
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import logs
from warehouse.home import Home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home.at(tmp_path / "home")
    logs.start(home)
    yield home
    logs.stop()


def records(home: Home | Path) -> list[dict[str, Any]]:
    root = home.root if isinstance(home, Home) else home
    return [json.loads(line) for line in (root / "logs" / "mingcha.log").read_text(encoding="utf-8").splitlines()]


def test_a_record_says_when_who_and_what(home: Home) -> None:
    logs.tell("published", file="serving-1.duckdb", bytes=7)
    (told,) = records(home)
    assert set(told) == {"at", "level", "pid", "event", "file", "bytes"}
    assert (told["level"], told["event"], told["bytes"]) == ("info", "published", 7)
    assert told["at"].endswith("+00:00")
    assert (home.logs / "mingcha.log").stat().st_mode & 0o777 == 0o600


def test_an_error_has_its_cause_and_place_and_no_content(home: Home) -> None:
    with pytest.raises(ValueError, match="张三"), logs.errors_told():
        raise ValueError("cannot read '张三' of column \"entity_code\" with number 13812345678\nOriginal Line: 张三,1")
    (told,) = records(home)
    assert (told["level"], told["event"], told["kind"]) == ("error", "error", "ValueError")
    assert told["cause"] == "cannot read '…' of column \"entity_code\" with number …"
    assert told["code"].startswith("pipelines/test_logs.py:")
    with pytest.raises(FileNotFoundError) as caught:
        Home(Path("/nowhere")).state.stat()
    logs.tell_error(caught.value)
    assert records(home)[1]["cause"] == "[Errno 2] No such file or directory: '…'"


def test_an_error_of_the_pages_is_told_without_its_request(home: Home) -> None:
    """Flask's logger bears the name of the application."""
    import flask

    app = flask.Flask("mingcha")

    @app.get("/entity/<name>")
    def page(name: str) -> str:
        raise KeyError(f"'{name}'")

    assert app.test_client().get("/entity/张三").status_code == 500
    (told,) = records(home)
    assert (told["event"], told["kind"]) == ("error", "KeyError")
    assert "张三" not in json.dumps(told, ensure_ascii=False)


def test_libraries_are_not_in_the_log(home: Home) -> None:
    for name in ("dagster", "gunicorn.error", "great_expectations", "root"):
        logging.getLogger(name).error("noise")
    logging.getLogger("mingcha").debug("noise")
    assert not (home.logs / "mingcha.log").exists()


@given(st.text(min_size=1), st.sampled_from(["'{}'", '"{}"', "`{}`"]))
def test_nothing_quoted_gets_through(value: str, quote: str) -> None:
    told = logs.without_content(f"bad value {quote.format('<' + value + '>')} here")
    assert "<" not in told
    assert ">" not in told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            'Binder Error: Referenced column "entity_code" not found',
            'Binder Error: Referenced column "entity_code" not found',
        ),
        ('Binder Error: Referenced column "张三" not found', 'Binder Error: Referenced column "…" not found'),
        (
            "Conversion Error: Could not convert string '李四' to INT32",
            "Conversion Error: Could not convert string '…' to INT32",
        ),
        (
            "Invalid Input Error: CSV Error on Line: 12\nOriginal Line: 张三,男",
            "Invalid Input Error: CSV Error on Line: 12",
        ),
        ("value 610102199001011234 is out of range", "value … is out of range"),
        ("table/x: repeated:entity_code in 2 rows", "table/x: repeated:entity_code in 2 rows"),
        ("an open quote '张三", "an open quote '…"),
        ("not 'O'Brien' of 'entity_code'", "not '…"),
        ("name 张三 is unknown", "name … is unknown"),
        ("", ""),
    ],
)
def test_what_an_error_message_may_say(message: str, told: str) -> None:
    assert logs.without_content(message) == told


def test_files_rotate_and_the_oldest_goes(tmp_path: Path) -> None:
    path = tmp_path / "mingcha.log"
    handler = logs.LogFile(path, size=1000, files=3)
    for number in range(100):
        handler.emit(logging.makeLogRecord({"msg": "e", "levelname": "INFO", "facts": {"n": number}}))
    files = [path, path.with_name("mingcha.log.1"), path.with_name("mingcha.log.2")]
    assert sorted(tmp_path.glob("mingcha.log*")) == sorted(files)
    assert all(f.stat().st_size <= 1000 for f in files)
    numbers = [json.loads(line)["n"] for f in reversed(files) for line in f.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 100))
    assert len(numbers) > 20


def write(path: Path, who: int) -> None:
    handler = logs.LogFile(path, size=4000, files=100)
    for number in range(200):
        handler.emit(logging.makeLogRecord({"msg": "e", "levelname": "INFO", "facts": {"who": who, "n": number}}))


def test_processes_that_share_a_log_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(tmp_path / "mingcha.log", who)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    lines = [json.loads(line) for f in tmp_path.glob("mingcha.log*") for line in f.read_text().splitlines()]
    assert sorted((line["who"], line["n"]) for line in lines) == [(w, n) for w in range(3) for n in range(200)]


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.LogFile(tmp_path / "nowhere" / "x.log", 100, 2).emit(logging.makeLogRecord({"msg": "e", "facts": {}}))
    assert capsys.readouterr().err == ""


def test_a_refresh_tells_its_start_publication_and_end(small_home: Path, small_status: dict[str, Any]) -> None:
    told = [r for r in records(small_home) if r.get("run_id") == small_status["run_id"]]
    assert [r["event"] for r in told] == ["refresh_started", "published", "archived", "refresh_ended"]
    assert told[1]["file"] == f"serving-{small_status['run_id']}.duckdb"
    assert told[-1]["is_published"] is True
    assert told[-1]["seconds"] > 0


def test_serving_is_told_once_by_the_server_and_not_by_its_workers(small_home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "serve", "--port", "0", "--home"]
    home = tmp_path / "home"
    with subprocess.Popen([*command, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY")
        process.terminate()
        assert process.wait(60) == 0
    assert [r["event"] for r in records(home)] == ["serve_started", "serve_stopped"]
