"""Exports under way, ready or ended: each runs beside its request, tells how far it is, and is its owner's alone.

Not here: which rows (`export.py`, `sql_desk.py`), how a file is written (`warehouse.result_file`), what is shown of it
(`components/exports.py`).
"""

import logging
import math
import re
import secrets
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

from flask import Flask, copy_current_request_context, current_app, g

from dashboards.door import current_door
from warehouse.result_file import WriteError
from warehouse.sandbox.refusal import SandboxError
from warehouse.serving import NotPublishedError

SUFFIXES = {".csv": "CSV", ".xlsx": "Excel", ".parquet": "Parquet"}
KEPT_SECONDS = 900  # of a file from the moment it is ready, and of what is told of any export
AT_ONCE = 2  # the others wait their turn
MOST_OF_ONE = 5  # under way for one person
CONFIG_KEY = "MINGCHA_EXPORTS"
STOPPED = "已中断"
State = Literal["waiting", "running", "ready", "sent", "failed"]
_UNDER_WAY = ("waiting", "running")
_NUMBER = re.compile(r"[0-9a-f]{32}")


class StoppedError(RuntimeError):
    """Somebody ended the export."""


class ExportError(RuntimeError):
    """An export cannot begin; the message is for whoever asked, `status` for their browser."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Job:
    """One export: whose, of what, how many rows are written of how many; `target` is empty where none is kept here."""

    job_id: str
    owner: str
    title: str
    total: int
    target: Path | None = None
    done: int = 0
    state: State = "waiting"
    reason: str = ""
    is_stopped: bool = False
    kept_until: float = math.inf  # an instant of `time.monotonic`

    @property
    def is_under_way(self) -> bool:
        """Whether more is to come."""
        return self.state in _UNDER_WAY

    def wrote(self, rows: int) -> None:
        """Hear how many rows are written by now. Raises StoppedError when nobody wants the others."""
        if self.is_stopped:
            raise StoppedError
        self.done = min(rows, self.total)

    def fail(self, reason: str) -> None:
        """End without a file."""
        self.state, self.reason = "failed", reason


@dataclass(frozen=True)
class Source:
    """What an export is of: its name as a file and for people, its rows, and how they are written.

    `write` is given the file, the number of the job and what hears of rows written, and returns how many there are;
    `stop` ends what it waits for.
    """

    name: str
    title: str
    total: int
    write: Callable[[Path, str, Callable[[int], None]], int]
    stop: Callable[[str], object] = lambda _: None


class Exports:
    """The exports of one application; a file is removed a quarter of an hour after it became ready."""

    def __init__(self) -> None:
        self._jobs, self._stops = dict[str, Job](), dict[str, Callable[[str], object]]()
        self._lock, self._turn = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        self._sweeper = threading.Timer(KEPT_SECONDS, self._sweep)  # not started: there is nothing to forget

    def start(self, owner: str, source: Source, suffix: str, job_id: str = "") -> Job:
        """Begin to write a file; a page may name the number of the job. Raises ExportError, KeyError for the suffix."""
        if job_id and (not _NUMBER.fullmatch(job_id) or job_id in self._jobs):
            raise ExportError("导出的编号不对，请刷新页面后重试")
        title = f"{source.title} {SUFFIXES[suffix]}"
        job = self._add(Job(job_id or secrets.token_hex(16), owner, title, source.total))
        folder = self._folder / job.job_id
        folder.mkdir(mode=0o700)
        job.target = target = folder / f"{source.name}{suffix}"
        self._stops[job.job_id] = source.stop
        person, viewer = g.get("person", ""), current_door().viewer

        @copy_current_request_context
        def run() -> None:
            g.person, g.viewer = person, viewer  # for the audit
            with self._turn:
                self._run(job, source, target)
            self.ended(job)

        threading.Thread(target=run, daemon=True).start()
        return job

    def follow(self, owner: str, title: str, total: int) -> Job:
        """Tell of an export that is sent as it is read; whoever sends it says how far it is. Raises ExportError."""
        return self._add(Job(secrets.token_hex(16), owner, title, total, state="running"))

    def refuse(self, owner: str, why: str) -> None:
        """Tell of an export that could not begin."""
        job = Job(secrets.token_hex(16), owner, "没有导出", 0, state="failed", reason=why)
        with self._lock:
            self._jobs[job.job_id] = job
        self.ended(job)

    def ended(self, job: Job) -> None:
        """An export is over: what is told of it, and its file, are kept for a while."""
        job.kept_until = time.monotonic() + KEPT_SECONDS
        self._sweep()

    def of(self, owner: str) -> list[Job]:
        """The exports of a person, first ones first."""
        with self._lock:
            return [job for job in self._jobs.values() if job.owner == owner]

    def job(self, owner: str, job_id: str) -> Job | None:
        """The export of that number if it is the owner's."""
        found = self._jobs.get(job_id)
        return found if found is not None and found.owner == owner else None

    def drop(self, owner: str, job_id: str) -> None:
        """End an export that is under way, or take one that is over off the list, with its file."""
        job = self.job(owner, job_id)
        if job is None:
            return
        if job.is_under_way:
            job.is_stopped = True
            self._stops.get(job_id, str)(job_id)
        else:
            self._forget(job)

    def _add(self, job: Job) -> Job:
        with self._lock:
            if sum(one.owner == job.owner and one.is_under_way for one in self._jobs.values()) >= MOST_OF_ONE:
                raise ExportError(f"已有 {MOST_OF_ONE} 个导出在进行，请等其中一个完成，或取消一个", 429)
            self._jobs[job.job_id] = job
        return job

    def _run(self, job: Job, source: Source, target: Path) -> None:
        try:
            job.wrote(0)
            job.state = "running"
            job.total = source.write(target, job.job_id, job.wrote)
            job.done, job.state = job.total, "ready"
        except StoppedError:
            job.fail("已取消")
        except (SandboxError, WriteError, NotPublishedError) as error:
            job.fail(str(error))
        except Exception:
            logging.getLogger(__name__).exception("an export failed")
            job.fail(f"{STOPPED}：写到第 {job.done:,} 行时出错，请重试")

    @cached_property
    def _folder(self) -> Path:
        """A folder 0700, in no home that is backed up; gone with the exports."""
        made = Path(tempfile.mkdtemp(prefix="mingcha-export-"))
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return made

    def _sweep(self) -> None:
        """Forget what has been kept long enough, and come back for the next one."""
        now = time.monotonic()
        with self._lock:
            ended = [job for job in self._jobs.values() if job.kept_until < math.inf]
        for job in ended:
            if job.kept_until <= now:
                self._forget(job)
        self._sweeper.cancel()
        if until := [job.kept_until for job in ended if job.kept_until > now]:
            self._sweeper = threading.Timer(min(until) - now, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _forget(self, job: Job) -> None:
        with self._lock:
            self._jobs.pop(job.job_id, None)
            self._stops.pop(job.job_id, None)
        if job.target is not None:
            shutil.rmtree(job.target.parent, ignore_errors=True)


def register(server: Flask) -> None:
    """Give the application its exports."""
    server.config[CONFIG_KEY] = Exports()


def exports() -> Exports:
    """The exports of the application that serves this request."""
    return cast(Exports, current_app.config[CONFIG_KEY])
