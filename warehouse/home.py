"""The folders of one installation (`--home`), and the lock that makes one writer.

No table logic: only where things lie and who may write.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class HomeBusyError(RuntimeError):
    """Another process is refreshing this home."""


@dataclass(frozen=True)
class Home:
    """Paths of one installation; `root` is created on first use."""

    root: Path

    @classmethod
    def at(cls, root: str | Path) -> Home:
        """Return the home at `root`, creating its folders (mode 0700: it holds data of firms and people)."""
        home = cls(Path(root).expanduser().resolve())
        for folder in (home.root, home.deliveries, home.serving, home.draws, home.logs, home.dagster):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home

    @property
    def warehouse(self) -> Path:
        """The working database; only a refresh opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def deliveries(self) -> Path:
        """Delivered files, kept byte for byte."""
        return self.root / "raw"

    @property
    def landing(self) -> Path:
        """Where sources put files when no other data folder is named."""
        return self.root / "landing"

    @property
    def serving(self) -> Path:
        """Published snapshots and the CURRENT pointer."""
        return self.root / "serving"

    @property
    def draws(self) -> Path:
        """Bundles of drawn plans that a third party can verify."""
        return self.root / "draws"

    @property
    def plans(self) -> Path:
        """Plans frozen by hand, and the visits issued for them."""
        return self.root / "plans"

    @property
    def results(self) -> Path:
        """Results of visits as they were handed in, what was accepted of them and what could not be."""
        return self.root / "results"

    @property
    def archive(self) -> Path:
        """Grades of the first snapshot of each month (and draws, of earlier versions), kept for good."""
        return self.root / "archive"

    @property
    def ledger(self) -> Path:
        """Grades of every published run, never rewritten."""
        return self.root / "ledger"

    @property
    def proposals(self) -> Path:
        """What proposed policies would change; made again whenever asked for."""
        return self.root / "proposals"

    @property
    def policies(self) -> Path:
        """Rules that runs took from elsewhere than the built-in ones, by the version of the rules."""
        return self.root / "policies"

    @property
    def models(self) -> Path:
        """Text models that people trained for this home: `<kind>.npz` with its card `<kind>.json`."""
        return self.root / "models"

    @property
    def monitoring(self) -> Path:
        """What each month said of the grades published before it; never made again."""
        return self.root / "monitoring"

    @property
    def backtests(self) -> Path:
        """What grades of past days were worth afterwards; made again whenever asked for."""
        return self.root / "backtests"

    @property
    def version(self) -> Path:
        """Which layout this home has, and which code made its warehouse."""
        return self.root / "VERSION"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def quality(self) -> Path:
        """What the checks of each run found; like decisions, it cannot be derived again."""
        return self.root / "quality"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME of this installation."""
        return self.root / "dagster"

    @property
    def state(self) -> Path:
        """Human decisions (SQLite); the one file that cannot be rebuilt from raw."""
        return self.root / "state.sqlite"

    @property
    def users(self) -> Path:
        """Accounts, sessions and wall tokens (SQLite)."""
        return self.root / "users.sqlite"

    @property
    def audit(self) -> Path:
        """Who did what when (SQLite, append-only)."""
        return self.root / "audit.sqlite"

    @property
    def temp(self) -> Path:
        """Spill folder of the engine."""
        return self.root / "temp"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the refresh lock; the CLI, the Dagster UI and the daemon all take this one.

        Raises:
            HomeBusyError: another process holds it; the message names its pid.
        """
        path = self.root / "refresh.lock"
        with path.open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                handle.seek(0)
                holder = handle.read().strip() or "unknown"
                raise HomeBusyError(
                    f"process {holder} is refreshing {self.root}; wait for it to finish, or choose another --home"
                ) from error
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
