"""The engine's extensions, as files of installed packages: nothing is fetched at run time. Loading only.

What an extension is for stands with its caller.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse.dialect import literal


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load the extension `name` of exactly this engine version from its package `duckdb-extension-<name>`."""
    root = Path(str(files(f"duckdb_extension_{name}"))) / "extensions" / f"v{duckdb.__version__}"
    connection.execute(f"load {literal(str(next(root.glob('*.duckdb_extension'))))}")
