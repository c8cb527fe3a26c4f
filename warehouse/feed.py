"""What a feed pack declares (`feed.yaml`) and where its SQL lies.

No reading of deliveries: that is `deliveries` and `ingest`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from warehouse import catalog


class FeedError(ValueError):
    """A feed pack that cannot be used; the message says which file and what to change."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KnownAt(_Strict):
    """How the instant a row was known follows: a column of the SQL, or the event date plus a lag."""

    column: bool = False
    lag_days: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one(self) -> KnownAt:
        if self.column == (self.lag_days is not None):
            raise ValueError("say either `column: true` or `lag_days: N`")
        return self


class Title(_Strict):
    """Names of a feed."""

    zh: str
    en: str


class Source(_Strict):
    """One source: delivered files → one table of contracts/raw.yaml, by one SQL."""

    title: str
    files: str = ""
    table: str = ""
    watermark: str = ""
    format: Literal["csv", "jsonl", "parquet", "postgres", "xlsx"]
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    contract: str
    sql: str = ""
    cadence: Literal["daily", "weekly", "monthly", "yearly", "once"]
    known_at: KnownAt
    owner_department_id: str

    @model_validator(mode="after")
    def _from_somewhere(self) -> Source:
        if self.format == "postgres" and not (self.table and self.watermark):
            raise ValueError("a postgres source needs `table: schema.name` and `watermark: column`")
        if self.format != "postgres" and not self.files:
            raise ValueError("say which `files` the source has")
        return self

    @property
    def pattern(self) -> str:
        """The names of its deliveries, as a file pattern below the data folder."""
        return f"postgres/{self.table}/*" if self.format == "postgres" else self.files

    def delivery_name(self, watermark: str) -> str:
        """Return the name of a pull that reached `watermark`."""
        return f"postgres/{self.table}/{watermark}.parquet"

    @field_validator("contract")
    @classmethod
    def _known_contract(cls, value: str) -> str:
        if value not in catalog.contracts("raw"):
            raise ValueError(f"no table {value!r} in contracts/raw.yaml; there are {sorted(catalog.contracts('raw'))}")
        return value


class Feed(_Strict):
    """A feed pack."""

    feed: str
    title: Title
    zone: str
    code_system: Literal["credit_code", "licence_number"]
    date_formats: tuple[str, ...] = ()
    sources: dict[str, Source]
    folder: Path

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    @property
    def policy(self) -> Path | None:
        """The pack's own rules, laid over the built-in ones, where it brings any."""
        folder = self.folder / "policy"
        return folder if folder.is_dir() else None

    def sql(self, source_id: str) -> str:
        """Return the SQL of a source (one SELECT from `delivered`)."""
        name = self.sources[source_id].sql or f"{source_id}.sql"
        path = self.folder / name
        if not path.exists():
            raise FeedError(f"{self.folder.name}/feed.yaml: source {source_id} names {name}, which is not there")
        return path.read_text()


def load_feed(folder: Path) -> Feed:
    """Read `folder`/feed.yaml.

    Raises:
        FeedError: the pack does not exist or its file says something unusable.
    """
    path = folder / "feed.yaml"
    if not path.exists():
        packs = sorted(p.parent.name for p in folder.parent.glob("*/feed.yaml"))
        raise FeedError(f"no feed pack {folder.name!r}; there are {packs}")
    try:
        return Feed(**yaml.safe_load(path.read_text()), folder=folder)
    except (ValidationError, TypeError, ValueError) as error:
        raise FeedError(f"{folder.name}/feed.yaml: {error}") from error
