"""Settings of serving: what would open the pages to others without a sign-in or without TLS is refused in one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.entrance import demo_app, first_administrator
from dashboards.settings import ServingSettings, SettingsError
from models.access.viewer import Viewer
from tests.dashboards import entered

SECURE = {"MINGCHA_BIND": "0.0.0.0", "MINGCHA_URL": "https://mc.example", "MINGCHA_PROXIES": "1"}  # noqa: S104


def test_unset_is_loopback() -> None:
    found = ServingSettings.configured({})
    assert found.is_loopback
    assert not found.is_https
    assert "127.0.0.1" in found.hosts


def test_behind_a_proxy() -> None:
    found = ServingSettings.configured(SECURE)
    assert (found.is_loopback, found.is_https, found.hosts, found.proxies) == (False, True, ["mc.example"], 1)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"MINGCHA_BIND": "0.0.0.0"}, "passwords must travel by TLS"),  # noqa: S104
        ({**SECURE, "MINGCHA_URL": "http://mc.example"}, "https only"),
        ({**SECURE, "MINGCHA_PROXIES": "0"}, "nobody does TLS"),
        ({**SECURE, "MINGCHA_PROXIES": "one"}, "no whole number"),
        ({"MINGCHA_CERTIFICATE": "a.pem"}, "belong together"),
        ({"MINGCHA_CERTIFICATE": "a.pem", "MINGCHA_CERTIFICATE_KEY": "a.key"}, "no such file"),
        ({"MINGCHA_OIDC_ISSUER": "http://id.example"}, "by https only"),
        ({"MINGCHA_OIDC_ISSUER": "https://id.example"}, "MINGCHA_OIDC_CLIENT_ID"),
    ],
)
def test_what_is_not_safe_is_refused(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        ServingSettings.configured(environment)


@pytest.mark.parametrize("roles", ["", "[]", "{}", '{"x": "king"}', '{"x": "wall"}', "nonsense"])
def test_the_office_has_to_say_who_is_what(tmp_path: Path, roles: str) -> None:
    (tmp_path / "secret").write_text("s")
    told = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "c", "OIDC_SECRET_FILE": str(tmp_path / "secret")}
    environment = {f"MINGCHA_{name}": value for name, value in told.items()} | {"MINGCHA_OIDC_ROLES": roles}
    with pytest.raises(SettingsError, match="MINGCHA_OIDC_ROLES"):
        ServingSettings.configured(environment)
    found = ServingSettings.configured(environment | {"MINGCHA_OIDC_ROLES": '{"jg": "leader"}'}).oidc
    assert found is not None
    assert (found.roles, found.client_secret) == ({"jg": "leader"}, "s")


def test_the_first_administrator_is_made_once_and_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="mingcha user add"):
        first_administrator(tmp_path, ServingSettings.configured(SECURE))
    assert entered.users_of(tmp_path).listed() == []
    password = first_administrator(tmp_path, ServingSettings())
    assert password is not None
    user = entered.users_of(tmp_path).check("admin", password)
    assert user is not None
    assert (user.viewer, user.must_change) == (Viewer("admin"), True)
    assert first_administrator(tmp_path, ServingSettings()) is None
    assert first_administrator(tmp_path, ServingSettings.configured(SECURE)) is None


def test_a_demonstration_is_for_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no sign-in"):
        demo_app(tmp_path, ServingSettings.configured(SECURE))
