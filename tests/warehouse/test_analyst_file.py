"""The de-identified file: no name, code, address or number of a record of the snapshot is anywhere in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from models.access.viewer import Viewer
from tests.dashboards.snapshot import publish
from warehouse import analyst_file, scope
from warehouse.home import Home
from warehouse.serving import ServingReader, promised

IDENTIFYING = (
    "select entity_code from known.entity union select name from known.entity where legal_form is not null"
    " union select address from known.entity union select cast(entity_id as varchar) from known.entity"
    " union select inspection_id from known.inspection union select penalty_id from known.penalty"
    " union select unnest(string_split(inspector_ids, ';')) from mart.drawn_list"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("analyst")
    publish(folder)
    return Home(folder)


def everything(path: Path) -> set[str]:
    """Every value of every column of a file, as text."""
    found: set[str] = set()
    with duckdb.connect(str(path), read_only=True) as base:
        tables = base.execute(
            "select table_schema || '.' || table_name, column_name from information_schema.columns"
        ).fetchall()
        for table, column in tables:
            if not table.startswith("contract."):
                rows = base.execute(f'select distinct cast("{column}" as varchar) from {table}').fetchall()
                found |= {value for (value,) in rows if value}
    return found


def test_nobody_in_the_file_can_be_named(home: Home, tmp_path: Path) -> None:
    counts = analyst_file.write(home, tmp_path / "a.duckdb")
    reader = ServingReader(home.root)
    identifying = {value for (value,) in reader.query(IDENTIFYING).rows() if value}
    assert len(identifying) > 5000
    assert identifying & everything(tmp_path / "a.duckdb") == set()
    assert counts["known.inspection"] == reader.query("select count(*) from known.inspection").item() > 0
    assert (tmp_path / "a.duckdb").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.duckdb"]


def test_nothing_that_somebody_wrote_is_in_the_file(home: Home, tmp_path: Path) -> None:
    analyst_file.write(home, tmp_path / "a.duckdb")
    with duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True) as base:
        columns = {name for (name,) in base.execute("select column_name from information_schema.columns").fetchall()}
    assert columns & {"title", "excerpt", "text_excerpt", "event_label", "evidence_zh"} == set()
    assert "credit_grade" in columns


def test_what_counts_can_still_be_counted_and_joined(home: Home, tmp_path: Path) -> None:
    analyst_file.write(home, tmp_path / "a.duckdb")
    asked = (
        "select e.district_code, g.credit_grade, count(*) from known.entity e join grade.grade g using (entity_id)"
        " group by 1, 2 order by 1, 2"
    )
    with duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True) as base:
        assert base.execute(asked).fetchall() == ServingReader(home.root).query(asked).rows() != []


def test_two_files_cannot_be_joined(home: Home, tmp_path: Path) -> None:
    asked, found = "select entity_id from known.entity", []
    for name in ("a", "b"):
        analyst_file.write(home, tmp_path / name)
        with duckdb.connect(str(tmp_path / name), read_only=True) as base:
            found.append({number for (number,) in base.execute(asked).fetchall()})
    assert len(found[0]) == len(found[1]) > 0
    assert found[0].isdisjoint(found[1])


def test_every_column_that_names_somebody_has_a_rule() -> None:
    """By the contracts, so that a new column or number of a record cannot slip in."""
    terms = analyst_file.terms()
    readable = scope.readable(Viewer("analyst"))
    for name, table in promised().items():
        if name in readable and name.partition(".")[0] in terms.stages and name not in terms.tables_left_out:
            for column in table.columns:
                if (column.purpose or column.sensitivity == "personal") and name not in terms.named:
                    assert column.name in terms.left_out, f"{name}.{column.name}"
                if column.name in table.key and column.name.endswith("_id") and column.type == "BIGINT":
                    assert column.name in terms.pseudonym, f"{name}.{column.name}"


def test_a_file_that_is_there_stays(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_text("mine")
    with pytest.raises(ValueError, match="name a new file"):
        analyst_file.write(home, tmp_path / "a.duckdb")
    assert (tmp_path / "a.duckdb").read_text() == "mine"
