"""What all commands share: the option --home, the exit codes, and one clear line when something fails.

No command stands here (cli, operations).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path, typer.Option("--home", envvar="MINGCHA_HOME", help="本安装的数据目录")]
DEFAULT_HOME = Path(".mingcha")

FAILED = 1
WRONG_ARGUMENTS = 2
BROKEN_DELIVERY = 3
TRY_LATER = 75


def fail(message: str, code: int = FAILED) -> typer.Exit:
    """Print one clear line on stderr and return the exit to raise."""
    typer.secho(message, fg="red", err=True)
    return typer.Exit(code)


class RefreshError(RuntimeError):
    """The run failed; CURRENT is as it was before."""


@contextmanager
def refreshing() -> Iterator[None]:
    """Turn what a refresh may raise into one clear line and its exit code."""
    from warehouse.home import HomeBusyError
    from warehouse.room import NoRoomError

    try:
        yield
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except ValueError as error:  # FeedError and PolicyError among them
        raise fail(str(error), WRONG_ARGUMENTS) from None
    except (NoRoomError, RefreshError) as error:
        raise fail(str(error)) from None
