"""The Dash application: factory, security headers and the health route.

No page content and no query text.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dash
import flask
from flask import Response

from dashboards import choices, data, export, listed, live, router
from dashboards.components.shell import shell
from dashboards.door import CONFIG_KEY, Door
from dashboards.theme import css, register_template
from dashboards.viewer import Viewer

# Inline script and style: Dash writes its own; everything is served from this origin.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'self'"
)
INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}<style>MINGCHA_CSS</style></head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def create_app(home: Path, viewer: Viewer | None = None) -> dash.Dash:
    """The application that reads the snapshots published under `home`, for one viewer (by default: sees everything).

    Nothing needs to be published yet: pages say so, and fill themselves once a snapshot appears.
    """
    register_template()
    app = dash.Dash(
        "mingcha",
        assets_folder=str(Path(__file__).with_name("assets")),
        use_pages=True,
        pages_folder="",
        suppress_callback_exceptions=True,
        index_string=INDEX.replace("MINGCHA_CSS", css()),
        title="明察",
        update_title=None,
    )
    door = Door.open(home, viewer)
    app.server.config[CONFIG_KEY] = door
    app.layout = lambda: shell(door.snapshot())
    router.register(app)
    live.register(app)
    listed.register(app)
    choices.register(app)
    export.register(app.server)
    app.server.add_url_rule("/healthz", "healthz", _health)
    app.server.after_request(_secure)
    return app


def _health() -> tuple[dict[str, Any], int]:
    door: Door = flask.current_app.config[CONFIG_KEY]
    snapshot = door.snapshot()
    info = data.run_info(door) if snapshot else None
    if info is None:
        return {"status": "unpublished", "snapshot": None}, 503
    age = datetime.now(UTC) - info["built_at"].replace(tzinfo=UTC)
    return {
        "status": "ok",
        "snapshot": snapshot,
        "run_id": info["run_id"],
        "as_of": str(info["as_of"]),
        "age_seconds": int(age.total_seconds()),
    }, 200


def _secure(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if flask.request.path.startswith("/assets/fonts/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
