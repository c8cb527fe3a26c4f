"""How the pages are served: address, TLS, proxies and the office's sign-in, from MINGCHA_* of the environment.

Numbers that are rules (lock-out, sessions) are policy access.sign_in; what is served is `app.py`.
"""

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.access.viewer import PEOPLE, Role


class SettingsError(ValueError):
    """A setting is wrong or missing; the message names it and says what to do."""


@dataclass(frozen=True)
class OidcSettings:
    """The office's identity provider, and which of its claims give a role and a scope.

    `roles`: value of the role claim → role here, the first that matches counts. A scope claim that is named here and
    missing from a token gives no department or district at all; the value `*` gives every one.
    """

    issuer: str
    client_id: str
    client_secret: str
    roles: Mapping[str, Role]
    role_claim: str = "roles"
    name_claim: str = "preferred_username"
    department_claim: str = ""
    district_claim: str = ""


@dataclass(frozen=True)
class ServingSettings:
    """Where the pages answer. `url` is the address that people type; `proxies` is how many proxies stand in front."""

    bind: str = "127.0.0.1"
    url: str = ""
    certificate: Path | None = None
    certificate_key: Path | None = None
    proxies: int = 0
    oidc: OidcSettings | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the pages."""
        return _is_loopback(self.bind)

    @property
    def is_https(self) -> bool:
        """Whether people reach the pages by TLS, so that cookies may insist on it."""
        return self.url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """Names by which the pages may be asked for; any other is refused (DNS rebinding)."""
        named = urlsplit(self.url).hostname
        return [*({"127.0.0.1", "localhost", "::1"} if self.is_loopback else ()), *([named] if named else [])]

    @classmethod
    def configured(cls, environment: Mapping[str, str] = os.environ) -> "ServingSettings":
        """The settings of the environment. Raises SettingsError naming the one that is wrong."""

        def told(name: str) -> str:
            return environment.get(f"MINGCHA_{name}", "").strip()

        proxies = told("PROXIES") or "0"
        if not (proxies.isascii() and proxies.isdigit()):
            raise SettingsError(f"MINGCHA_PROXIES={proxies!r} is no whole number of proxies")
        found = cls(
            told("BIND") or "127.0.0.1",
            told("URL").rstrip("/"),
            Path(told("CERTIFICATE")) if told("CERTIFICATE") else None,
            Path(told("CERTIFICATE_KEY")) if told("CERTIFICATE_KEY") else None,
            int(proxies),
            _oidc(told) if told("OIDC_ISSUER") else None,
        )
        found._check()
        return found

    def _check(self) -> None:
        if bool(self.certificate) != bool(self.certificate_key):
            raise SettingsError("MINGCHA_CERTIFICATE and MINGCHA_CERTIFICATE_KEY belong together; give both or none")
        for path in (self.certificate, self.certificate_key):
            if path is not None and not path.is_file():
                raise SettingsError(
                    f"{path}: there is no such file; see MINGCHA_CERTIFICATE and MINGCHA_CERTIFICATE_KEY"
                )
        if self.url and not (self.is_https or _is_loopback(urlsplit(self.url).hostname or "")):
            raise SettingsError(f"MINGCHA_URL={self.url!r}: beyond loopback the pages are served by https only")
        if not self.is_loopback and not self.is_https:
            raise SettingsError(
                f"MINGCHA_BIND={self.bind}: others can reach this address, so passwords must travel by TLS; set"
                " MINGCHA_URL to the https address, and give MINGCHA_CERTIFICATE and MINGCHA_CERTIFICATE_KEY,"
                " or MINGCHA_PROXIES=1 when a proxy in front does TLS"
            )
        if self.is_https and not self.certificate and not self.proxies:
            raise SettingsError(
                f"MINGCHA_URL={self.url}: nobody does TLS; give MINGCHA_CERTIFICATE and MINGCHA_CERTIFICATE_KEY,"
                " or MINGCHA_PROXIES=1 when a proxy in front does"
            )


def _oidc(told: Any) -> OidcSettings:
    issuer = told("OIDC_ISSUER").rstrip("/")
    if not issuer.startswith("https://") and not _is_loopback(urlsplit(issuer).hostname or ""):
        raise SettingsError(f"MINGCHA_OIDC_ISSUER={issuer!r}: beyond loopback an issuer is asked by https only")
    if not told("OIDC_CLIENT_ID") or not told("OIDC_SECRET_FILE"):
        raise SettingsError("MINGCHA_OIDC_ISSUER needs MINGCHA_OIDC_CLIENT_ID and MINGCHA_OIDC_SECRET_FILE (mode 0600)")
    try:
        secret = Path(told("OIDC_SECRET_FILE")).read_text(encoding="utf-8").strip()
        roles = json.loads(told("OIDC_ROLES") or "{}")
    except (OSError, json.JSONDecodeError) as error:
        raise SettingsError(f"MINGCHA_OIDC_SECRET_FILE or MINGCHA_OIDC_ROLES: {error}") from None
    if not isinstance(roles, dict) or not roles or not set(roles.values()) <= set(PEOPLE):
        raise SettingsError(
            'MINGCHA_OIDC_ROLES says which claim gives which role, such as {"jg-ld": "leader"};'
            f" roles: {', '.join(PEOPLE)}"
        )
    given = {"role_claim": told("OIDC_ROLE_CLAIM"), "name_claim": told("OIDC_NAME_CLAIM")}
    scopes = {"department_claim": told("OIDC_DEPARTMENT_CLAIM"), "district_claim": told("OIDC_DISTRICT_CLAIM")}
    return OidcSettings(
        issuer, told("OIDC_CLIENT_ID"), secret, roles, **{k: v for k, v in (given | scopes).items() if v}
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
