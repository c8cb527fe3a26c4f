"""Frames between the server and a sandboxed process: one byte of kind, four of length, then the payload.

Both sides use this; who sends what is in `child.py` and `worker.py`.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

_HEAD = struct.Struct(">cI")
LARGEST = 64 << 20  # bytes of one frame
MESSAGE, ROWS = b"M", b"R"


class WireError(RuntimeError):
    """The other side is gone, says what is no frame, or did not answer in time (`is_late`)."""

    def __init__(self, why: str, is_late: bool = False) -> None:
        super().__init__(why)
        self.is_late = is_late


def send(handle: int, kind: bytes, payload: bytes) -> None:
    """Write one frame to a file descriptor."""
    data = memoryview(_HEAD.pack(kind, len(payload)) + payload)
    try:
        while data:
            data = data[os.write(handle, data) :]
    except OSError as error:
        raise WireError("the other side is gone") from error


def send_message(handle: int, message: dict[str, Any]) -> None:
    """Write one message."""
    send(handle, MESSAGE, json.dumps(message).encode())


def receive(handle: int, deadline: float | None = None) -> tuple[bytes, bytes]:
    """Read one frame; `deadline` is an instant of `time.monotonic`.

    Raises:
        WireError: end of the stream, a frame of an unknown kind or too large, or the deadline is past.
    """
    kind, length = _HEAD.unpack(_exactly(handle, _HEAD.size, deadline))
    if kind not in (MESSAGE, ROWS) or length > LARGEST:
        raise WireError("what came is no frame")
    return kind, _exactly(handle, length, deadline)


def receive_message(handle: int, deadline: float | None = None) -> dict[str, Any]:
    """Read one message."""
    kind, payload = receive(handle, deadline)
    if kind != MESSAGE:
        raise WireError("a message was expected")
    return dict(json.loads(payload))


def _exactly(handle: int, size: int, deadline: float | None) -> bytes:
    found = bytearray()
    while len(found) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([handle], [], [], left)[0]:
                raise WireError("no answer in time", is_late=True)
        part = os.read(handle, min(size - len(found), 1 << 20))
        if not part:
            raise WireError("the other side is gone")
        found += part
    return bytes(found)
