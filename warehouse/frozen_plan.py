"""Frozen plans as folders: `<home>/plans/<plan_id>/` with the files of models/sampling/plan_text.py.

What is in them stands there; announcing, revealing and drawing in warehouse/ceremony.py.
"""

from __future__ import annotations

from pathlib import Path

from models.sampling.frozen import FrozenPlan
from models.sampling.plan_check import checked
from models.sampling.plan_text import FILES, canonical, files_of, plan_of


def write_frozen(plan: FrozenPlan, folder: Path) -> Path:
    """Write a checked plan in its canonical form (readable by its owner only) and return the folder.

    Raises:
        ValueError: the plan cannot be drawn; the message names everything that is wrong.
        FileExistsError: another plan is frozen there; a frozen plan is never rewritten (the same again is no error).
    """
    files = files_of(checked(canonical(plan)))
    if (folder / FILES[0]).exists():
        if _read(folder) != files:
            raise FileExistsError(f"another plan is frozen in {folder}; give the changed plan an id of its own")
        return folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in reversed(FILES):  # plan.json last: a folder with it is whole
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(files[name])
    return folder


def read_frozen(folder: Path) -> FrozenPlan:
    """Read what `write_frozen` wrote.

    Raises:
        FileNotFoundError: no plan is frozen there.
        ValueError: a file is missing or was changed by hand.
    """
    if not (folder / FILES[0]).exists():
        raise FileNotFoundError(f"no plan is frozen in {folder}; freeze the plan first")
    return checked(plan_of(_read(folder)))


def _read(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
