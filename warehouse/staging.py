"""The one statement that types and checks the delivered files of a source, row by row.

What delivered columns mean stands in the feed's SQL, what a row must keep in its contract. Keys and repeats: ingest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from warehouse import dialect
from warehouse.catalog import Column, Table, contracts
from warehouse.dialect import literal
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed, FeedError, Source

LINEAGE = ("feed_id", "load_no", "row_number", "known_at", "superseded_at")
# What became of a row, beside the columns of its contract, until it is merged or in quarantine.
OUTCOME = ("reason", "original")
# The one code `reason:column` of a staged row `s`, as quarantine names its parts.
REASON = "split_part(s.reason, ':', 1) as reason_code, split_part(s.reason, ':', 2) as reason_column"
# What the reader adds to a delivered row; a merge patch of nulls takes it out of the original text again.
READ = ("load_no", "row_number", "file_index", "file_row_number")
_NOT_DELIVERED = "{" + ", ".join(f'"{name}": null' for name in READ) + "}"
_WHOLE = ("TINYINT", "INTEGER", "BIGINT")
# Days outside are typing errors, not events; they go to quarantine.
_FIRST_DAY, _LAST_DAY = "1900-01-01", "2079-12-31"


Codes = Mapping[str, Collection[str]]


def stored_columns(table: Table, codes: Codes) -> str:
    """Return the column list of a raw table; `codes` are the texts of columns that hold codes, `feed_id` among them."""
    kinds = {name: dialect.enum(texts) for name, texts in codes.items()}
    return ", ".join(f'"{c.name}" {kinds.get(c.name, c.stored_type)}' for c in table.columns)


def staged_columns(table: Table, codes: Codes) -> str:
    """Return the same with what became of a row."""
    codes_of_reason = contracts("quarantine")["row"].column("reason_code").allowed
    reasons = [f"{code}:{column.name}" for code in codes_of_reason for column in table.columns]
    return f"{stored_columns(table, codes)}, reason {dialect.enum(reasons)}, original varchar"


class Staging:
    """Inserts the files of one source into the table `into`; each delivered row gives one row.

    `load_nos` are the places of the files among the deliveries of the feed, in the order of `relation`.

    Raises:
        FeedError: the columns of the feed's SQL are not those of the contract.
        duckdb.Error: a file cannot be read, or lacks a column that the SQL asks for.
    """

    def __init__(
        self, engine: DuckDBEngine, into: str, feed: Feed, source_id: str, load_nos: Sequence[int], relation: str
    ) -> None:
        self.into = into
        self._feed, self._source_id = feed, source_id
        self._source: Source = feed.sources[source_id]
        self._table: Table = contracts("raw")[self._source.contract]
        self._own: list[Column] = [c for c in self._table.columns if c.name not in (*LINEAGE, "source_id")]
        self._body, self._mapped = dialect.row_mapping(feed.sql(source_id), f"{feed.feed}/{source_id}")
        self._check_columns()
        self._delivered = (
            f"select *, [{', '.join(map(str, load_nos))}][cast(file_index as bigint) + 1] as load_no,"
            f" file_row_number + 1 as row_number from {relation}"
        )
        self.delivered_types: dict[str, str] = {row[0]: row[1] for row in engine.rows(f"describe {self._delivered}")}
        described = engine.rows(f"describe with delivered as ({self._delivered}) {self._body}")
        self._given: dict[str, str] = {row[0]: row[1] for row in described}
        engine.run(_zone_days(feed.zone))
        self._steady = engine.rows(_steady(feed.zone))[0]

    def _check_columns(self) -> None:
        expected = {c.name for c in self._own} | {"load_no", "row_number"}
        if wrong := sorted((set(self._mapped) - {"known_at"}) ^ expected):
            where = f"{self._feed.feed}/{self._source_id}"
            raise FeedError(f"{where}: columns of the SQL differ from contract {self._table.qualified}: {wrong}")

    def sql(self, delivered: str = "") -> str:
        """Return the INSERT of the files, or of another relation with their columns and types."""
        head, tail = self._body[: len("select")], self._body[len("select") :]
        values = ", ".join(f'{self._value(c.name, c.type)} as "{c.name}"' for c in self._own)
        known = self._value("known_at", "TIMESTAMP") if "known_at" in self._mapped else "cast(null as timestamp)"
        own = ", ".join(
            f't."{c.name}"' if c.stored_type == c.type else f'try_cast(t."{c.name}" as {c.stored_type}) as "{c.name}"'
            for c in self._own
        )
        if self._table.has("source_id"):
            own += f", {literal(self._source_id)} as source_id"
        # Known by its own column, else from the event day on, plus the lag that the feed declares.
        midnight, day = "cast(null as timestamp)", ""
        if self._table.has("event_date"):
            midnight = "z.midnight"
            lag = self._source.known_at.lag_days or 0
            day = f"left join zone_day as z on z.zone = {literal(self._feed.zone)} and z.day = t.event_date + {lag}"
        return f"""
            insert into {self.into} by name
            with delivered as ({delivered or self._delivered}),
            mapped as ({head} delivered as original_row, {tail}),
            typed as (
                select m.load_no, m.row_number, m.original_row, {known} as known_value, {values},
                       case {self._reasons()} end as reason
                from mapped as m
            )
            select {own}, {literal(self._feed.feed)} as feed_id,
                   t.load_no, t.row_number, coalesce(t.known_value, {midnight}) as known_at,
                   t.reason,
                   case when t.reason is not null
                        then cast(json_merge_patch(to_json(t.original_row), '{_NOT_DELIVERED}') as varchar)
                   end as original
            from typed as t {day}
        """

    def texts(self, name: str) -> str:
        """Return the SELECT of the different texts that the files give a column."""
        return f"""
            with delivered as ({self._delivered}), mapped as ({self._body})
            select distinct cast("{name}" as varchar) from mapped where "{name}" is not null
        """

    def _value(self, name: str, wanted: str) -> str:
        """Return the expression that gives column `name` the type `wanted`; null when it cannot be read."""
        given, column = self._given[name], f'm."{name}"'
        if given == "TIMESTAMP WITH TIME ZONE":
            instant, local = f"timezone('UTC', {column})", f"timezone({literal(self._feed.zone)}, {column})"
            return instant if wanted == "TIMESTAMP" else f"try_cast({local} as {wanted})"
        if wanted == "TIMESTAMP":
            local = self._parsed(column, "timestamp") if given == "VARCHAR" else f"cast({column} as timestamp)"
            instant = f"timezone('UTC', timezone({literal(self._feed.zone)}, {local}))"
            if given == "VARCHAR":
                # A written offset says which instant is meant; longer than a date and a time to the second.
                has_offset = f"right({column}, 1) = 'Z' or substr({column}, -6, 1) in ('+', '-')"
                told = f"timezone('UTC', try_cast({column} as timestamptz))"
                instant = f"case when strlen({column}) > 19 and ({has_offset}) then {told} else {instant} end"
            return self._at_once(column, given, instant)
        if given == wanted:
            return column
        if wanted == "DATE" and given == "VARCHAR":
            return self._parsed(column, "date")
        if wanted in _WHOLE and given == "VARCHAR":
            # The engine would round 12.5 to 13 and tell nobody.
            whole = f"try_cast({column} as double) = try_cast({column} as bigint)"
            return f"case when {whole} then try_cast({column} as {wanted}) end"
        return f"try_cast({column} as {wanted})"

    def _at_once(self, column: str, given: str, instant: str) -> str:
        """Return `instant`, but by subtraction where the zone is steady: asking the zone takes six times as long."""
        since, until, seconds = self._steady
        local, is_plain = column, ""
        if given == "VARCHAR":
            local, is_plain = f"try_cast({column} as timestamp)", f"strlen({column}) <= 19 and "
        steady = f"{is_plain}{local} between timestamp '{since}' and timestamp '{until}'"
        return f"case when {steady} then {local} - to_seconds({seconds}) else {instant} end"

    def _parsed(self, column: str, kind: str) -> str:
        formats = ", ".join(map(literal, self._feed.date_formats))
        other = f", cast(try_strptime({column}, [{formats}]) as {kind})" if formats else ""
        if self._source.format == "xlsx":
            # A date cell of a sheet is a number of days since 1899-12-30, its time the fraction.
            seconds = f"cast(round(try_cast({column} as double) * 86400) as bigint)"
            other += f", cast(timestamp '1899-12-30' + to_seconds({seconds}) as {kind})"
        return f"coalesce(try_cast({column} as {kind}){other})"

    def _reasons(self) -> str:
        """Return the WHEN branches that say why a row cannot be used, as `reason:column`."""
        whens: list[tuple[str, str, str]] = []
        for c in self._own:
            value = self._value(c.name, c.type)
            if self._given[c.name] != c.type:
                whens.append((f'm."{c.name}" is not null and {value} is null', "unreadable", c.name))
            if c.required:
                whens.append((f"{value} is null", "missing", c.name))
            if c.allowed:
                allowed = ", ".join(map(literal, c.allowed))
                whens.append((f"cast({value} as varchar) not in ({allowed})", "not_allowed", c.name))
            if c.bounds:
                # A sign or a digit too many in one row must not overturn every sum that it goes into.
                whens.append((f"{value} not between {c.bounds[0]} and {c.bounds[1]}", "implausible", c.name))
            if c.type == "DATE":
                whens.append((f"{value} not between date '{_FIRST_DAY}' and date '{_LAST_DAY}'", "implausible", c.name))
        if self._table.name == "registration" and self._feed.code_system == "credit_code":
            # Elsewhere a bad code leaves the row unlinked, or linked by name; here it would make an entity.
            whens.append(("not is_credit_code(m.entity_code)", "bad_code", "entity_code"))
        return " ".join(f"when {test} then '{reason}:{column}'" for test, reason, column in whens)


def _zone_days(zone: str) -> str:
    """Midnights of a zone in UTC: a join on days is far cheaper than a conversion per row."""
    days = f"generate_series(date '{_FIRST_DAY}', date '{_LAST_DAY}', interval 1 day)"
    return f"""
        create temp table if not exists zone_day (zone varchar, day date, midnight timestamp);
        insert into zone_day
        select {literal(zone)}, d, timezone('UTC', timezone({literal(zone)}, cast(d as timestamp)))
        from (select cast(unnest({days}) as date) as d)
        where not exists (select 1 from zone_day where zone = {literal(zone)})
    """


def _steady(zone: str) -> str:
    """Since and until when a zone has kept one offset, its last one, as local midnights, and that offset in seconds."""
    return f"""
        with told as (
            select day, epoch(cast(day as timestamp)) - epoch(midnight) as seconds
            from zone_day where zone = {literal(zone)}
        ),
        latest as (select arg_max(seconds, day) as seconds, max(day) as last_day from told)
        select
            coalesce(max(t.day) filter (where t.seconds <> l.seconds), date '{_FIRST_DAY}') + 1 as since,
            any_value(l.last_day) as until,
            cast(any_value(l.seconds) as bigint) as seconds
        from told as t cross join latest as l
    """
