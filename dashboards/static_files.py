"""How scripts, styles and fonts are sent: kept by browsers under an address that names the version, compressed once.

Not here: pages and callbacks, which nobody keeps (`security.py`) and which are not compressed: how short an answer
becomes tells something of the secrets in it.
"""

import gzip

import flask
from dash.fingerprint import check_fingerprint
from flask import Response, request

STATIC = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")
KEPT = f"public, max-age={365 * 24 * 3600}, immutable"
TEXTS = {"text/javascript", "application/javascript", "text/css"}


def is_static() -> bool:
    """Whether a file is asked for that is the same for everybody."""
    return request.path.startswith(STATIC)


def register(server: flask.Flask) -> None:
    """Add the headers of static files; what was compressed stays in memory (about 2 MB)."""
    compressed: dict[tuple[str, str | None], bytes] = {}

    def send(response: Response) -> Response:
        if not is_static() or response.status_code not in (200, 304):
            return response
        if _names_its_version():
            response.headers["Cache-Control"] = KEPT
        if response.status_code == 200 and response.mimetype in TEXTS:
            response.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"] > 0:
                _compress(response, compressed)
        return response

    server.after_request(send)


def _names_its_version() -> bool:
    """Dash names the version in a file's name or, for our assets, as `?m=`; a font that changes gets a new name."""
    is_named = not request.args.keys().isdisjoint({"m", "v"})
    return is_named or request.path.endswith(".woff2") or bool(check_fingerprint(request.path)[1])


def _compress(response: Response, compressed: dict[tuple[str, str | None], bytes]) -> None:
    tag, _ = response.get_etag()
    response.direct_passthrough = False
    plain = response.get_data()
    key = (request.path, tag)
    if key not in compressed:
        compressed[key] = gzip.compress(plain, mtime=0)
    response.set_data(compressed[key])
    response.headers["Content-Encoding"] = "gzip"
    if tag:
        response.set_etag(f"{tag}-gzip")
        response.make_conditional(request)
