"""Pulling tables of a PostgreSQL database into the archive: each pull is a delivery like any other, kept as Parquet.

Only rows at or above the last watermark are asked for again; what comes twice is recognised as a repeat when loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from warehouse.deliveries import Archive, Delivery
from warehouse.extension import load_extension
from warehouse.feed import Feed, FeedError, Source


def dsn_variable(feed: Feed) -> str:
    """Return the environment variable that holds the connection of a feed; it is a secret and stands in no file."""
    return f"MINGCHA_{feed.feed.upper()}_DSN"


def pull(archive: Archive, feed: Feed) -> list[Delivery]:
    """Pull every PostgreSQL source of a feed that has something new, and return the new deliveries.

    Raises:
        FeedError: no connection is given, or the database cannot be read.
    """
    sources = {i: s for i, s in feed.sources.items() if s.format == "postgres"}
    if not sources:
        return []
    dsn = os.environ.get(dsn_variable(feed))
    if not dsn:
        raise FeedError(
            f"feed {feed.feed} reads a PostgreSQL database; set {dsn_variable(feed)}, e.g. to 'host=… dbname=… user=…'"
        )
    with duckdb.connect() as connection:
        load_extension(connection, "postgres_scanner")
        try:
            connection.execute(f"attach '{dsn}' as remote (type postgres, read_only)")
            found = [_pull_source(connection, archive, feed, i, s) for i, s in sources.items()]
        except duckdb.Error as error:
            raise FeedError(f"feed {feed.feed}: the PostgreSQL database cannot be read: {error}") from error
    return [delivery for delivery in found if delivery is not None]


def _pull_source(
    connection: duckdb.DuckDBPyConnection, archive: Archive, feed: Feed, source_id: str, source: Source
) -> Delivery | None:
    """Copy the rows from the last watermark on; None when no row lies above it.

    Rows on the watermark itself come again: others with the same value may have been committed since.
    """
    mark, table = f'"{source.watermark}"', f"remote.{source.table}"
    pulled = archive.of_source(feed, source)
    kind = connection.execute(f"select typeof({mark}) from {table} limit 1").fetchall()
    if not kind:
        return None
    newest = connection.execute(f"select cast(max({mark}) as varchar) from {table}").fetchall()[0][0]
    bound = f"cast(? as {kind[0][0]})"
    conditions, values = [f"{mark} <= {bound}"], [newest]
    if pulled:
        last = pulled[-1].watermark
        if connection.execute(f"select {bound} <= {bound}", [newest, last]).fetchall()[0][0]:
            return None
        conditions.append(f"{mark} >= {bound}")
        values.append(last)
    with TemporaryDirectory(dir=archive.root) as folder:
        target = Path(folder) / f"{source_id}.parquet"
        rows = f"select * from {table} where {' and '.join(conditions)} order by {mark}"
        connection.execute(f"copy ({rows}) to '{target}' (format parquet)", values)
        return archive.store(feed, target, source.delivery_name(newest), newest)
