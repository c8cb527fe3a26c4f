"""What deploy/ names is there: paths, commands, options, settings, times; and the units are hardened and verify."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboards.app import create_app
from pipelines import jobs
from pipelines.cli import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))
INSTALLED = "/opt/mingcha/"
PROGRAM = f"{INSTALLED}.venv/bin/mingcha"
CODE = "".join(
    p.read_text() for folder in ("dashboards", "pipelines", "warehouse") for p in (ROOT / folder).rglob("*.py")
)


def settings() -> dict[str, str]:
    lines = (DEPLOY / "mingcha.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def directives(path: Path) -> dict[str, list[str]]:
    """Every `Name=value` of a unit."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def is_command(words: list[str]) -> None:
    """`words` after the program are a command of ours with options of its own."""
    told = CliRunner().invoke(app, [words[0], "--help"], env={"COLUMNS": "300"})
    assert told.exit_code == 0, words
    for word in words[1:]:
        assert not word.startswith("--") or word in told.output, words


def test_there_are_units() -> None:
    assert [p.name for p in SERVICES] == ["mingcha-backup.service", "mingcha-refresh.service", "mingcha-serve.service"]
    assert [p.name for p in TIMERS] == ["mingcha-backup.timer", "mingcha-refresh.timer"]
    for timer in TIMERS:
        assert timer.with_suffix(".service") in SERVICES


@pytest.mark.parametrize("path", SERVICES, ids=lambda p: p.name)
def test_a_service_runs_a_command_of_ours_and_may_do_nothing_else(path: Path) -> None:
    unit = directives(path)
    (line,) = unit["ExecStart"]
    for name, value in settings().items():
        line = line.replace(f"${name}", value)
    words = shlex.split(line)
    assert words[0] == PROGRAM
    assert "$" not in line
    is_command(words[1:])
    only = {name: values[-1] for name, values in unit.items()}
    assert only["User"] == only["Group"] == "mingcha"
    assert only["NoNewPrivileges"] == only["ProtectHome"] == only["PrivateTmp"] == "yes"
    assert only["ProtectSystem"] == "strict"
    assert only["CapabilityBoundingSet"] == ""
    assert only["IPAddressDeny"] == "any"
    assert re.fullmatch(r"\d+G", only["MemoryMax"])
    writable = set(only["ReadWritePaths"].split())
    assert settings()["MINGCHA_HOME"] in writable
    assert writable <= {"/var/lib/mingcha", "/var/backups/mingcha"}
    assert only["EnvironmentFile"] == "/etc/mingcha/mingcha.env"


@pytest.mark.parametrize("path", [*SERVICES, DEPLOY / "Containerfile"], ids=lambda p: p.name)
def test_installed_paths_are_in_the_repository(path: Path) -> None:
    named = set(re.findall(rf"{INSTALLED}[\w./-]+", path.read_text()))
    assert named
    made_by_setup = {PROGRAM, f"{INSTALLED}.venv/bin/python"}
    assert [n for n in sorted(named - made_by_setup) if not (ROOT / n.removeprefix(INSTALLED)).exists()] == []


def test_the_program_is_what_setup_installs() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"mingcha": "pipelines.cli:main"}


def test_times_are_those_of_the_schedule() -> None:
    (calendar,) = directives(DEPLOY / "mingcha-refresh.timer")["OnCalendar"]
    minute, hour = jobs.daily.cron_schedule.split()[:2]
    assert calendar == f"*-*-* {int(hour):02}:{int(minute):02}:00 {jobs.ZONE}"


def test_every_setting_is_read_by_somebody_and_every_read_one_is_told() -> None:
    units = "".join(path.read_text() for path in SERVICES)
    for name in settings():
        assert f"${name}" in units or name in CODE or name.removeprefix("MINGCHA_") in CODE, name
    read = set(re.findall(r'(?:environ|envvar=)[^\n]*?"(MINGCHA_[A-Z_]+)"', CODE))
    assert len(read) >= 3
    assert read - set(settings()) == set()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
@pytest.mark.parametrize("path", [*SERVICES, *TIMERS], ids=lambda p: p.name)
def test_systemd_accepts_the_units(path: Path, tmp_path: Path) -> None:
    """With a program that exists in place of ours, which is installed elsewhere."""
    for unit in (*SERVICES, *TIMERS):
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    verify = ["systemd-analyze", "verify", str(tmp_path / path.name)]
    told = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def container() -> list[tuple[str, str]]:
    """Instructions of the container file, with continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines]


def test_the_container_file_names_what_is_there() -> None:
    found = container()
    assert {name for name, _ in found} <= {
        *("FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD")
    }
    copied = {source for name, rest in found if name == "COPY" for source in rest.split()[:-1]}
    assert [source for source in copied if not (ROOT / source).exists()] == []
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {package.rstrip("*") for package in packages} <= copied
    assert "requirements.lock" in copied


def test_the_container_runs_a_command_of_ours_as_nobody_special() -> None:
    found = container()
    names = [name for name, _ in found]
    assert names.index("USER") < names.index("ENTRYPOINT")
    rest = dict(found)
    assert rest["USER"] == "mingcha"
    assert rest["ENTRYPOINT"] == f'["{PROGRAM}"]'
    is_command(re.findall(r'"([^"]+)"', rest["CMD"]))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert wanted.startswith(">=3.11")
    assert re.fullmatch(r"python:3\.1[123]-slim", rest["FROM"])


def test_the_health_check_asks_a_page_that_is_there(tmp_path: Path) -> None:
    rest = dict(container())
    (port,) = re.findall(r"--port\D+(\d+)", rest["CMD"])
    (path,) = re.findall(rf"http://127\.0\.0\.1:{port}(/\w+)", rest["HEALTHCHECK"])
    assert path in {str(rule) for rule in create_app(tmp_path / "home").server.url_map.iter_rules()}
