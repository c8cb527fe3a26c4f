"""Every page, callback, route, export and list × every role and several scopes, enumerated from the application itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient

from dashboards import export, router
from dashboards.door import Door
from dashboards.export import LISTS
from dashboards.export_jobs import ExportError
from dashboards.gate import OPEN
from dashboards.listing import NotOfferedError
from models.access.rules import access_rules
from models.access.viewer import PEOPLE, ROLES, Role, Viewer
from tests.dashboards import entered, planned
from tests.dashboards.snapshot import entity_id, publish
from tests.dashboards.test_app import written
from warehouse.audit import Audit
from warehouse.home import Home

RULES = access_rules()
ONE = frozenset({"610102"})
SCOPES = {
    "whole": (None, None),
    "one district": (None, ONE),
    "one department": (frozenset({"D01"}), None),
    "nothing": (frozenset[str](), frozenset[str]()),
}
VIEWERS = {f"{role}, {name}": Viewer(role, *scope) for role in ROLES for name, scope in SCOPES.items()}
PARTS = {"<entity_id>": str(entity_id(0)), "<warning_id>": "w00000000003"}
PATHS = {page.PATH: re.sub("<.*>", lambda part: PARTS[part.group()], page.PATH) for page in router.PAGES}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    publish(folder)
    planned.plans(folder)
    return folder


@pytest.fixture(scope="module")
def app(home: Path) -> Any:
    made = entered.app_of(home)
    made.server.test_client().get("/")  # Dash adds its last callbacks with the first request
    return made


@pytest.fixture(scope="module")
def clients(app: Any, home: Path) -> dict[str, FlaskClient]:
    found = {}
    for name, viewer in VIEWERS.items():
        found[name] = app.server.test_client()
        entered.as_if_from_the_office(found[name], home, viewer)
    return found


@pytest.fixture(scope="module")
def door(home: Path) -> Iterator[Door]:
    opened = Door.open(home)
    yield opened
    opened.reader.close()


def test_every_page_has_a_rule() -> None:
    assert set(PATHS) <= set(RULES.pages), "name the new page in models/policy/access/page.yaml"


def test_every_callback_belongs_to_a_page_or_to_the_frame(app: Any) -> None:
    with app.server.app_context():
        owners = {output: router.page_of(output) for output in app.callback_map}
    assert set(owners.values()) <= set(PATHS) | {router.FRAME}
    assert owners["snapshot.data"] == router.FRAME
    assert owners["trial-told.children"] == "/draws/trial"


def test_every_route_is_known(app: Any) -> None:
    """A new route is behind the gate by itself; one that is not has to be named here and in the gate."""
    behind = {
        "/", "/<path:path>", "/_dash-dependencies", "/_dash-layout", "/_dash-update-component", "/_reload-hash",
        "static", "export", "export_file", "password", "sign_out",
    }  # fmt: skip
    static = {
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_favicon.ico",
        "_dash_assets.static",
    }
    assert {rule.endpoint for rule in app.server.url_map.iter_rules()} == behind | static | (
        OPEN - {"oidc_start", "oidc_back"}
    )


def test_nobody_comes_in_without_a_session(app: Any) -> None:
    client = app.server.test_client()
    for rule in app.server.url_map.iter_rules():
        if rule.endpoint not in OPEN and not rule.rule.startswith(("/assets", "/_dash-component", "/_favicon")):
            for method in rule.methods & {"GET", "POST"}:
                address = (
                    rule.rule.replace("<path:path>", "entities")
                    .replace("<name>", "entities")
                    .replace("<path:filename>", "x")
                    .replace("<job_id>", "x")
                )
                answer = client.open(address, method=method)
                assert answer.status_code in (302, 400, 401), (address, method)
                if answer.status_code == 302:
                    assert answer.headers["Location"].startswith("/sign-in"), address


@pytest.mark.parametrize("name", VIEWERS)
def test_pages_open_for_the_roles_of_the_policy(app: Any, door: Door, name: str) -> None:
    viewer = VIEWERS[name]
    narrowed = name.endswith(("nothing", "one department"))
    for page, address in PATHS.items():
        if narrowed and viewer.role != "regulator":
            continue  # scopes do not depend on roles; the whole and one district are asked of every role
        with app.server.test_request_context(address):
            text = written(router.body_at(door.of(viewer), address, ""))
        assert ("没有权限" in text) is not RULES.opens(viewer, page), page


@pytest.mark.parametrize("role", ROLES)
def test_callbacks_answer_the_roles_of_their_page(app: Any, clients: dict[str, FlaskClient], role: Role) -> None:
    """Refused before anything is worked out: 403; for who may, the answer is any other (the inputs are empty)."""
    client = clients[f"{role}, whole"]
    for output in app.callback_map:
        with app.server.app_context():
            page = router.page_of(output)
        if page == router.FRAME:
            may = role in PEOPLE or output in router.DASH_PAGES
        else:
            may = RULES.opens(Viewer(role), str(page))
        if not may:
            assert entered.ask(client, {"output": output, "inputs": [], "changedPropIds": []}).status_code == 403, (
                output
            )
    assert entered.ask(client, {"output": "no-such.thing", "inputs": []}).status_code == 403


def test_a_callback_that_may_be_asked_is_answered(clients: dict[str, FlaskClient]) -> None:
    clock = {
        "output": "snapshot.data",
        "outputs": {"id": "snapshot", "property": "data"},
        "inputs": [{"id": "clock", "property": "n_intervals", "value": 1}],
        "state": [{"id": "snapshot", "property": "data", "value": ""}],
        "changedPropIds": ["clock.n_intervals"],
    }
    for role in PEOPLE:
        assert entered.ask(clients[f"{role}, whole"], clock).status_code == 200
    assert entered.ask(clients["wall, whole"], clock).status_code == 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", ["whole", "one district"])
def test_exports_hold_what_the_viewer_reads(clients: dict[str, FlaskClient], role: Role, scope: str) -> None:
    client = clients[f"{role}, {scope}"]
    for name, listing in LISTS.items():
        answer = client.get(f"/export/{name}.csv")
        if not RULES.may(Viewer(role), "export"):
            assert answer.status_code == 403
            continue
        assert answer.status_code == (403 if listing.needs and role not in ("regulator", "admin") else 200), name
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))) if answer.status_code == 200 else []
        if scope == "one district" and rows and "district_code" in rows[0] and role != "admin":
            assert {row["district_code"] for row in rows} <= ONE, name
        if role in ("leader", "analyst"):
            assert not {"inspector_id", "inspector_ids"} & set(rows[0] if rows else ()), name
        for row in rows:
            told = {row[column] for column in ("text_excerpt", "excerpt") if column in row}
            if role in ("leader", "analyst"):
                assert told <= {"（不显示：原文摘录）"}, name
                assert not row.get("title"), name
            elif told:
                assert "（不显示：原文摘录）" not in told, name


@pytest.mark.parametrize("name", VIEWERS)
def test_excel_is_refused_where_csv_is_and_counts_the_same_rows(app: Any, door: Door, name: str) -> None:
    viewer = VIEWERS[name]
    with app.server.test_request_context("/"):
        g.viewer, g.person = viewer, "somebody"
        for list_name, listing in LISTS.items():
            address = export.link(list_name, None, {})
            if not RULES.may(viewer, "export") or (listing.needs and viewer.role not in ("regulator", "admin")):
                with pytest.raises(ExportError):
                    export.source(door.of(viewer), address)
            else:
                source = export.source(door.of(viewer), address)
                assert source.total == listing.page(door.of(viewer), {"startRow": 0, "endRow": 1}, {})[1], list_name


@pytest.mark.parametrize("name", VIEWERS)
def test_lists_hold_what_the_viewer_reads(door: Door, name: str) -> None:
    viewer, asked = VIEWERS[name], {"startRow": 0, "endRow": 200}
    for list_name, listing in LISTS.items():
        try:
            rows, total = listing.page(door.of(viewer), asked, {})
        except NotOfferedError:
            assert listing.needs, list_name
            assert viewer.role not in ("regulator", "admin"), list_name
            continue
        found = {row["district_code"] for row in rows if "district_code" in row}
        if viewer.districts is not None:
            assert found <= viewer.districts, list_name
            if viewer.districts == frozenset() and "district_code" in listing.columns:
                assert total == 0, list_name


def test_what_was_refused_is_written_down(clients: dict[str, FlaskClient], home: Path) -> None:
    entered.ask(clients["leader, whole"], {"output": "trial-told.children", "inputs": []})
    last = Audit(Home.at(home).audit).entries(limit=1)[0]
    assert (last.kind, last.actor, last.role, last.subject) == ("refused", "office", "leader", "/draws/trial")
