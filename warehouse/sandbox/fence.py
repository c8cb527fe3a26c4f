"""What a sandboxed process takes from itself before it sees a statement: files, network, memory, time, children.

Linux only. What the engine itself refuses is set in `child.py`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import threading

_SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES = 4, 38  # linux/prctl.h


def give_up_rights() -> None:
    """Gain no rights by any program, leave no core dump, be traced by nobody of this user."""
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_SET_DUMPABLE, 0), (_SET_NO_NEW_PRIVILEGES, 1)):
        if libc.prctl(option, value, 0, 0, 0):
            raise OSError(ctypes.get_errno(), f"prctl {option} was refused")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with(handle: int) -> None:
    """End this process when the other end of a pipe is closed, whatever it is doing; call before `close`."""

    def watch() -> None:
        ends = select.poll()
        ends.register(handle, 0)  # a hang-up is always told
        ends.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def close(memory_bytes: int) -> None:
    """From here on: no new file, socket or process, nothing written to a file, at most this address space."""
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))  # noqa: PTH208 (numbers, not paths)
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),  # not enforced for root; run the service as its own user
        (resource.RLIMIT_NOFILE, highest),  # a limit on the number itself: with none free below it, none can be opened
    ):
        resource.setrlimit(limit, (value, value))


def allow_cpu(seconds: int) -> None:
    """Allow this many more seconds of CPU; then the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
