"""Acting on a warning from its page: who may, what is kept, what everybody sees at once, and two people at a time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboards import listed, router, warning_acts, warning_data
from dashboards.casework_data import LISTINGS
from dashboards.door import Door
from dashboards.pages import warning as page
from models.access.viewer import Role, Viewer
from tests.dashboards import entered
from tests.dashboards.test_app import parts, written
from warehouse import warning
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.state import State

OF_D01, OF_NOBODY = "w00000000003", "w00000000004"
OUTPUT = "warning-handled.children"


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A home of its own, so that nobody sees what another test decides."""
    shutil.copytree(home / "serving", tmp_path / "serving")
    return tmp_path


@pytest.fixture
def app(own: Path) -> Any:
    return entered.app_of(own)


def client_of(app: Any, own: Path, viewer: Viewer) -> FlaskClient:
    client: FlaskClient = app.server.test_client()
    entered.as_if_from_the_office(client, own, viewer)
    return client


def click(
    client: FlaskClient, act: str, reason: str, seen: int = 0, to: str | None = None, warning_id: str = OF_D01
) -> str:
    """Press one of the five buttons, as the page sends it, and return what the page then says."""
    acts = list(warning_acts.ACTS)
    clicks = [
        {"id": {"act": one, "type": "warning-act"}, "property": "n_clicks", "value": 1 if one == act else 0}
        for one in acts
    ]
    values = {"id.data": warning_id, "seen.data": seen, "reason.value": reason, "to.value": to, "most.value": 2}
    body = {
        "output": OUTPUT,
        "outputs": {"id": "warning-handled", "property": "children"},
        "inputs": [clicks],
        "state": [
            {"id": f"warning-{name.partition('.')[0]}", "property": name.partition(".")[2], "value": value}
            for name, value in values.items()
        ],
        "changedPropIds": [f'{{"act":"{act}","type":"warning-act"}}.n_clicks'],
    }
    return json.dumps(entered.ask(client, body).get_json(), ensure_ascii=False)


def test_an_act_is_kept_audited_and_seen_at_once(app: Any, own: Path) -> None:
    client = client_of(app, own, Viewer("regulator"))
    answer = click(client, "acknowledged", "已交办二科")
    assert "已签收" in answer
    assert "快照中为" in answer  # the mart does not know of it yet, and the page says so
    made = State(Home.at(own).state).events(warning.KIND, OF_D01)
    assert [(e.actor, e.reason, e.payload) for e in made] == [("office", "已交办二科", {"action": "acknowledged"})]
    assert [e.subject for e in Audit(Home.at(own).audit).entries(kind="decision")] == ["warning 1"]
    rows, _ = LISTINGS["warning"].page(Door.open(own), {}, {})
    warning_data.since(Door.open(own), rows)
    assert {r["warning_id"]: r["warning_state"] for r in rows if r.get("is_later")} == {OF_D01: "acknowledged"}
    assert listed.SINCE["warning"] is warning_data.since


def test_who_comes_later_sees_what_the_earlier_did(app: Any, own: Path) -> None:
    first, second = (client_of(app, own, Viewer("regulator")) for _ in range(2))
    click(first, "settled", "已补公示")
    late = click(second, "dismissed", "重复")
    assert "已有他人处置" in late
    assert "已补公示" in late
    assert "重复" in late  # what was written stays in the form
    assert len(State(Home.at(own).state).events(warning.KIND)) == 1
    assert "不成立" in click(second, "dismissed", "确系重复", seen=1)
    assert len(State(Home.at(own).state).events(warning.KIND)) == 2


def test_handing_over_moves_the_right_to_act(app: Any, own: Path) -> None:
    mine = client_of(app, own, Viewer("regulator", departments=frozenset({"D01"})))
    theirs = client_of(app, own, Viewer("regulator", departments=frozenset({"D02"})))
    assert "不能处置" in click(theirs, "acknowledged", "试试")
    assert "请选择转交给哪个部门" in click(mine, "handed_over", "归口")
    assert "卫生健康局" in click(mine, "handed_over", "归口", to="D02")
    assert "不能处置" in click(mine, "settled", "办了", seen=1)
    assert "已签收" in click(theirs, "acknowledged", "收到", seen=1)
    assert warning.standings(State(Home.at(own).state).events(warning.KIND))[OF_D01].department_id == "D02"
    refused = [e for e in Audit(Home.at(own).audit).entries(kind="refused") if e.subject == f"warning {OF_D01}"]
    assert len(refused) == 2


def test_a_warning_that_nobody_owns_is_anybodys_who_may_act(app: Any, own: Path) -> None:
    theirs = client_of(app, own, Viewer("regulator", departments=frozenset({"D02"})))
    assert "已签收" in click(theirs, "acknowledged", "我办", warning_id=OF_NOBODY)


def test_a_suggestion_names_the_first_entities(app: Any, own: Path) -> None:
    click(client_of(app, own, Viewer("regulator")), "suggested", "一并检查")
    (made,) = State(Home.at(own).state).events(warning.KIND)
    assert made.payload["entity_ids"] == [2**62 + 1, 2**62 + 8]


@pytest.mark.parametrize("role", ["leader", "analyst"])
def test_others_look_only(app: Any, own: Path, role: Role) -> None:
    answer = click(client_of(app, own, Viewer(role)), "settled", "代办")
    assert "不能处置" in answer
    assert not Home.at(own).state.exists() or State(Home.at(own).state).events(warning.KIND) == []
    shown = list(parts(page.body(Door.open(own, Viewer(role)), OF_D01)))
    assert not [p for p in shown if isinstance(getattr(p, "id", None), dict) and p.id["type"] == "warning-act"]


def test_outside_the_district_there_is_nothing_to_act_on(app: Any, own: Path) -> None:
    elsewhere = client_of(app, own, Viewer("regulator", districts=frozenset({"610124"})))
    assert "没有登记" in click(elsewhere, "settled", "办了")
    assert not Home.at(own).state.exists() or State(Home.at(own).state).events(warning.KIND) == []


def test_no_reason_no_act_and_no_token_no_act(app: Any, own: Path) -> None:
    client = client_of(app, own, Viewer("regulator"))
    assert "请写明理由" in click(client, "settled", "  ")
    assert "请写明理由" in click(client, "settled", "长" * 501)
    assert client.post("/_dash-update-component", json={"output": OUTPUT}).status_code == 400  # no CSRF token
    assert not Home.at(own).state.exists() or State(Home.at(own).state).events(warning.KIND) == []


def test_every_kind_of_warning_has_its_records(own: Path) -> None:
    door = Door.open(own)
    for kind, behind in warning_data.RECORDS.items():
        rows, total = behind.read(door, {"warning_id": OF_D01, "subject_id": "610102"})
        assert total >= rows.height, kind
        assert {field for field, _, _ in behind.columns} <= set(rows.columns), kind
    from dashboards.labels import WARNING_KIND

    assert set(warning_data.RECORDS) | {"overdue"} == set(WARNING_KIND)


def test_the_page_says_when_there_is_none(own: Path) -> None:
    app = entered.app_of(own)
    with app.server.test_request_context("/warnings/none"):
        assert "不再有效" in written(router.body_at(Door.open(own), "/warnings/none", ""))
