"""Bundles as zip files or folders, the same bytes for the same files, and verifying one.

What is in them is models/sampling/editions.py; checking them, models/sampling/verify.py, which stands alone.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from models.sampling import verify

VERIFIER = Path(verify.__file__)
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can tell: a bundle has no time of its own


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write an archive, readable by its owner only, whose bytes depend on nothing but the files."""
    part = path.with_name(path.name + ".part")
    part.touch(mode=0o600)
    with zipfile.ZipFile(part, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            archive.writestr(entry, data, compresslevel=6)
    part.replace(path)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a bundle side by side."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, data in files.items():
        (folder / name).write_bytes(data)
