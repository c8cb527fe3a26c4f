"""Exports of whole results to files: run beside the request, with progress, and handed out once.

Not here: how a file is written (`warehouse.result_file`) and the buttons (`sql_export.py`).
"""

import secrets
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import copy_current_request_context, g

from models.access.viewer import Viewer
from warehouse.query import Desk
from warehouse.result_shelf import Kept
from warehouse.sandbox.refusal import SandboxError
from warehouse.serving import NotPublishedError

SUFFIXES = {".csv": "CSV", ".xlsx": "Excel", ".parquet": "Parquet"}
KEPT_SECONDS = 900
State = Literal["running", "ready", "failed"]


@dataclass
class Job:
    """One export: how many rows are written of how many, and where the file is when it is ready."""

    job_id: str
    owner: str
    target: Path
    total: int
    started: float
    done: int = 0
    state: State = "running"
    reason: str = ""


class Exports:
    """The exports of one application; a file that nobody fetches is removed after a quarter of an hour."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._jobs, self._lock = desk, dict[str, Job](), threading.Lock()
        self._held = tempfile.TemporaryDirectory(prefix="mingcha-export-")  # 0700, and in no home that is backed up

    def start(self, owner: str, viewer: Viewer, kept: Kept, suffix: str) -> Job:
        """Begin to write all rows of the statement of a result. Raises KeyError for another suffix."""
        if suffix not in SUFFIXES:
            raise KeyError(suffix)
        self._forget()
        job_id = secrets.token_hex(16)
        folder = Path(self._held.name) / job_id
        folder.mkdir(mode=0o700)
        made = Job(job_id, owner, folder / f"mingcha-sql{suffix}", kept.total, time.monotonic())
        with self._lock:
            self._jobs[job_id] = made
        person = g.get("person", "")

        @copy_current_request_context
        def run() -> None:
            g.person, g.viewer = person, viewer  # for the audit
            self._run(made, viewer, kept)

        threading.Thread(target=run, daemon=True).start()
        return made

    def job(self, owner: str, job_id: str) -> Job | None:
        """The export of that number if it is the owner's."""
        found = self._jobs.get(job_id)
        return found if found is not None and found.owner == owner else None

    def cancel(self, owner: str, job_id: str) -> None:
        """End an export."""
        if self.job(owner, job_id):
            self._desk.cancel(job_id)

    def close(self) -> None:
        """Remove every file."""
        self._held.cleanup()

    def _run(self, job: Job, viewer: Viewer, kept: Kept) -> None:
        def progress(rows: int) -> None:
            job.done = min(rows, job.total)

        try:
            job.done = job.total = self._desk.export(viewer, kept.sql, job.target, kept.values, job.job_id, progress)
            job.state = "ready"
        except (SandboxError, NotPublishedError) as error:
            job.state, job.reason = "failed", str(error)

    def _forget(self) -> None:
        with self._lock:
            old = [one for one in self._jobs.values() if time.monotonic() - one.started > KEPT_SECONDS]
            for job in old:
                del self._jobs[job.job_id]
        for job in old:
            shutil.rmtree(job.target.parent, ignore_errors=True)
