"""A mock identity provider on loopback: discovery, PKCE, signed tokens, key rotation; what it says can be bent.

No test here.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

CLIENT, SECRET = "mingcha", "a secret of the office"


@dataclass
class Issuer:
    """Whoever asks is signed in as `claims` says; `bent` replaces claims of the token, `forger` signs in its place."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    bent: dict[str, Any] = field(default_factory=dict)
    forger: RSAKey | None = None
    gives_id_token: bool = True
    keys: list[RSAKey] = field(default_factory=lambda: [_key("one")])
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self.keys = [_key(f"key-{time.monotonic_ns()}")]

    def token(self, code: str) -> Any:
        asked = self.asked.pop(code)
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        if request.authorization is None or request.authorization.password != SECRET:
            return jsonify(error="invalid_client"), 401
        now = int(time.time())
        told = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"], **self.claims}
        key = self.forger or self.keys[0]
        signed = jwt.encode({"alg": "RS256", "kid": self.keys[0].kid}, {**told, **self.bent}, key)
        answer = {"access_token": "x", "token_type": "Bearer", "expires_in": 60}
        return jsonify(answer | ({"id_token": signed} if self.gives_id_token else {}))


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@contextmanager
def issuing() -> Iterator[Issuer]:
    """A provider that answers on a free port of loopback."""
    issuer, app = Issuer(), Flask("issuer")

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return jsonify(
            {name: issuer.address + path for name, path in paths.items()}
            | {"issuer": issuer.address, "id_token_signing_alg_values_supported": ["RS256"]}
        )

    @app.get("/authorize")
    def authorize() -> AnyResponse:
        code = f"code-{time.monotonic_ns()}"
        issuer.asked[code] = dict(request.args)
        assert request.args["code_challenge_method"] == "S256"
        return redirect(f"{request.args['redirect_uri']}?{urlencode({'code': code, 'state': request.args['state']})}")

    app.add_url_rule("/token", "token", lambda: issuer.token(request.form["code"]), methods=["POST"])
    app.add_url_rule("/keys", "keys", lambda: jsonify(KeySet(issuer.keys).as_dict(private=False)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
