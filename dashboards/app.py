"""The Dash application: factory, security headers and the health route.

No page content and no query text.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dash
import flask

from dashboards import (
    choices,
    data,
    export,
    export_jobs,
    export_tray,
    listed,
    live,
    router,
    search,
    security,
    static_files,
)
from dashboards.components.shell import bare, shell
from dashboards.components.who import who
from dashboards.door import CONFIG_KEY, Door, current_door
from dashboards.theme import css, register_template
from models.access.viewer import Viewer

INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}<style>MINGCHA_CSS</style></head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def create_app(home: Path, viewer: Viewer | None = None) -> dash.Dash:
    """The application that reads the snapshots published under `home`, for one viewer (by default: sees everything).

    Nobody signs in: `entrance.py` puts a sign-in, or a demonstration, in front of it before it is served. Nothing needs
    to be published yet: pages say so, and fill themselves once a snapshot appears.
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
    app.layout = _layout
    router.register(app)
    live.register(app)
    listed.register(app)
    choices.register(app)
    search.register(app)
    export_jobs.register(app.server)
    export.register(app.server)
    export_tray.register(app)
    app.server.add_url_rule("/healthz", "healthz", _health)
    owners = app.server.config[router.OWNERS]
    owners |= {output: router.FRAME for output in app.callback_map if output not in owners}
    security.headers(app)
    static_files.register(app.server)
    return app


def _layout() -> Any:
    if not flask.has_request_context():  # Dash also asks what there is before anybody looks
        return shell(None, [], [], search.search_box())
    seen = current_door()
    if seen.viewer.role == "wall":
        return bare()
    pages = len(router.open_to(seen.viewer))
    return shell(seen.snapshot(), live.told(seen), who(), search.search_box(), pages=pages)


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
