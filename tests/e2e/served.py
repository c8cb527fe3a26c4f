"""An application on a port of its own, and the browser that opens it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from dashboards import sql_desk
from tests.e2e import examined

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb",
]  # fmt: skip
VIOLATIONS = """window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));"""


def _closing(app: WSGIApplication) -> WSGIApplication:
    """The same, closing the file it sends even when the browser leaves in the middle of it, which Werkzeug does not."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with closing(app(environ, start_response)) as body:  # type: ignore[type-var]
            yield from body

    return respond


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Its address; afterwards nothing of it runs any more."""
    server = make_server("127.0.0.1", 0, _closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        sql_desk.close(app)


def visit(page: Page, address: str) -> None:
    """Open a page and wait until it stands."""
    page.goto(address)
    page.wait_for_selector("#page-body h1, #page-body h2")
    examined.settled(page)


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Fill in the sign-in form and send it."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
