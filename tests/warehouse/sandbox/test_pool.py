"""The pool: a process serves one scope on one snapshot, ends when told, and is replaced after an error or many uses."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.warehouse.sandbox.asked import ask
from tests.warehouse.sandbox.planted import ANALYST
from warehouse.sandbox.limits import Limits
from warehouse.sandbox.pool import Pool
from warehouse.sandbox.refusal import SandboxError
from warehouse.sandbox.worker import Scope

ADMIN = Scope(
    "admin",
    frozenset({"plan.recusal"}),
    lambda alias, _: ["create schema plan", f"create view plan.recusal as from {alias}.plan.recusal"],
)
FOREVER = "select count(*) from range(10000000000) a, range(100000) b"


def pid(pool: Pool, snapshot: Path, scope: Scope = ANALYST) -> int:
    with pool.lend(snapshot, scope, "pid") as worker:
        list(worker.ask({"sql": "select 1", "values": {}, "explain": False, "most_rows": 1, "most_bytes": 1}, 10))
        return worker.pid


def children() -> set[str]:
    return {number for path in Path("/proc/self/task").glob("*/children") for number in path.read_text().split()}


def test_a_process_is_used_again_for_the_same_scope_and_snapshot_only(
    pool: Pool, snapshot: Path, tmp_path: Path
) -> None:
    first = pid(pool, snapshot)
    assert pid(pool, snapshot) == first
    assert pid(pool, snapshot, ADMIN) != first
    assert ask(pool, snapshot, "select count(*) from plan.recusal", scope=ADMIN)[0] == [[1]]
    with pytest.raises(SandboxError):
        ask(pool, snapshot, "select count(*) from plan.recusal")
    newer = tmp_path / "serving-2.duckdb"
    shutil.copy(snapshot, newer)
    assert pid(pool, newer) != first
    assert not Path(f"/proc/{first}").exists(), "a process on a superseded snapshot is of no use"


def test_a_refusal_keeps_the_process_and_an_error_replaces_it(pool: Pool, snapshot: Path) -> None:
    first = pid(pool, snapshot)
    with pytest.raises(SandboxError):
        ask(pool, snapshot, "select * from plan.recusal")
    assert pid(pool, snapshot) == first
    with pytest.raises(SandboxError):
        ask(pool, snapshot, "select cast(name as integer) from mart.entity_card")
    assert pid(pool, snapshot) != first


def test_a_process_is_replaced_after_its_uses(snapshot: Path) -> None:
    pool = Pool(Limits(uses=2))
    try:
        assert len({pid(pool, snapshot) for _ in range(4)}) == 2
    finally:
        pool.close()


def test_a_statement_is_cancelled_from_another_thread(pool: Pool, snapshot: Path) -> None:
    assert not pool.cancel("nobody")
    threading.Timer(0.5, lambda: pool.cancel("test")).start()
    started = time.monotonic()
    with pytest.raises(SandboxError, match="已取消"):
        ask(pool, snapshot, FOREVER)
    assert time.monotonic() - started < pool.limits.seconds


def test_when_all_are_busy_one_waits_and_then_is_told(snapshot: Path) -> None:
    pool = Pool(Limits(processes=1, wait_seconds=0.3))
    try:
        with pool.lend(snapshot, ANALYST, "first"), pytest.raises(SandboxError, match="太多"):
            ask(pool, snapshot, "select 1")
        assert ask(pool, snapshot, "select 1")[0] == [[1]]
    finally:
        pool.close()


def test_a_reader_who_leaves_early_leaves_nothing_behind(pool: Pool, snapshot: Path) -> None:
    request = {"sql": "from range(100000)", "values": {}, "explain": False, "most_rows": 10**9, "most_bytes": 10**9}
    with contextlib.suppress(KeyError), pool.lend(snapshot, ANALYST, "left") as worker:
        next(worker.ask(request, 5))
        raise KeyError
    assert ask(pool, snapshot, "select 42")[0] == [[42]]


def test_a_snapshot_that_is_gone_is_said_without_its_path(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="没有启动") as raised:
        ask(pool, tmp_path / "serving-gone.duckdb", "select 1")
    assert str(tmp_path) not in raised.value.reason


def test_closing_ends_every_process(snapshot: Path) -> None:
    pool = Pool()
    found = pid(pool, snapshot)
    pool.close()
    assert not Path(f"/proc/{found}").exists()


def test_a_closed_pool_starts_nothing_more(snapshot: Path) -> None:
    """Not for who comes late, and not in place of a process that was lent when the pool was closed."""
    before = children()
    pool = Pool()
    with pool.lend(snapshot, ANALYST, "under way"):
        assert children() > before
        pool.close()
    with pytest.raises(SandboxError, match="正在停止"), pool.lend(snapshot, ANALYST, "late"):
        pass
    assert children() == before


FENCED = """
import os, socket, threading
from warehouse.sandbox import fence
fence.give_up_rights()
fence.close(2 << 30)
fence.allow_cpu(1)
for name, attempt in {
    "file": lambda: open("/etc/hostname"),
    "written": lambda: os.write(os.open("/dev/shm/x", os.O_CREAT | os.O_WRONLY), b"x"),
    "socket": socket.socket,
    "pipe": os.pipe,
    "memory": lambda: bytearray(3 << 30),
}.items():
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    print(name, flush=True)
while True:
    pass
"""


def test_the_fence_leaves_no_file_no_socket_no_memory_and_little_time() -> None:
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", FENCED], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "", f"still possible: {done.stdout}"
    assert done.returncode < 0, "the kernel ends it when its CPU is spent"
    assert time.monotonic() - started < 40


def test_the_process_has_no_environment_and_no_other_files(
    pool: Pool, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_SOURCE_DSN", "password")
    found = pid(pool, snapshot)
    assert b"password" not in Path(f"/proc/{found}/environ").read_bytes()
    opened = {str(one.readlink()) for one in Path(f"/proc/{found}/fd").iterdir()}
    assert {name for name in opened if name.startswith("/") and not name.startswith("/dev/")} == {str(snapshot)}


SERVER = """
import sys, threading
from pathlib import Path
from tests.warehouse.sandbox.asked import ask
from tests.warehouse.sandbox.test_pool import FOREVER, pid
from warehouse.sandbox.pool import Pool
pool = Pool()
print(pid(pool, Path(sys.argv[1])), flush=True)
threading.Thread(target=ask, args=(pool, Path(sys.argv[1]), FOREVER), daemon=True).start()
sys.stdin.read()
"""


def test_a_process_ends_when_the_server_is_killed_in_the_middle_of_a_query(snapshot: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(snapshot)], stdin=-1, stdout=subprocess.PIPE, text=True
    )
    with server:
        assert server.stdout is not None
        found = Path(f"/proc/{int(server.stdout.readline())}")
        time.sleep(0.5)
        assert found.exists()
        server.kill()
    for _ in range(50):
        if not found.exists():
            return
        time.sleep(0.1)
    pytest.fail("the query outlived its server")
