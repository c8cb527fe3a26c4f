"""Scripts, styles and fonts: kept for a year where the address names the version, compressed once; pages are not kept."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboards import static_files
from dashboards.app import create_app

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
KEPT = "public, max-age=31536000, immutable"


@pytest.fixture
def client(home: Path) -> FlaskClient:
    return create_app(home).server.test_client()


def asked_by_the_page(client: FlaskClient) -> list[str]:
    """Addresses of the scripts and styles that the first page loads."""
    found = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"', client.get("/").text)
    assert len(found) > 20
    return found


def get(client: FlaskClient, address: str, **headers: str) -> Any:
    with client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        return answer.status_code, answer.headers, answer.data


def test_all_that_a_page_loads_is_kept_and_compressed(client: FlaskClient) -> None:
    plain_bytes = sent_bytes = 0
    for address in asked_by_the_page(client):
        _, headers, plain = get(client, address)
        assert "Content-Encoding" not in headers, address
        status, headers, sent = get(client, address, **GZIP)
        assert (status, headers["Cache-Control"], headers["Content-Encoding"]) == (200, KEPT, "gzip"), address
        assert (headers["Vary"], gzip.decompress(sent)) == ("Accept-Encoding", plain), address
        assert int(headers["Content-Length"]) == len(sent)
        plain_bytes, sent_bytes = plain_bytes + len(plain), sent_bytes + len(sent)
    assert sent_bytes < 0.4 * plain_bytes


def test_a_file_is_compressed_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = next(one for one in asked_by_the_page(client) if "desk.css" in one)
    first = get(client, address, **GZIP)
    monkeypatch.setattr(static_files.gzip, "compress", None)
    assert get(client, address, **GZIP)[2] == first[2]


def test_a_font_is_kept_as_it_is(client: FlaskClient) -> None:
    status, headers, sent = get(client, "/assets/fonts/noto-sans-sc-101-wght-normal.woff2", **GZIP)
    assert (status, headers["Cache-Control"]) == (200, KEPT)
    assert "Content-Encoding" not in headers
    assert sent.startswith(b"wOF2")


@pytest.mark.parametrize("encodings", [{}, GZIP])
def test_an_address_without_a_version_is_asked_again_and_not_sent_again(
    client: FlaskClient, encodings: dict[str, str]
) -> None:
    status, headers, _ = get(client, "/assets/desk.css", **encodings)
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    status, headers, sent = get(client, "/assets/desk.css", If_None_Match=headers["ETag"], **encodings)
    assert (status, sent) == (304, b"")


def test_pages_and_callbacks_are_neither_kept_nor_compressed(client: FlaskClient) -> None:
    for address in ("/", "/_dash-layout", "/_dash-dependencies", "/healthz", "/entities?m=1"):
        _, headers, _ = get(client, address, **GZIP)
        assert headers["Cache-Control"] == "no-store", address
        assert "Content-Encoding" not in headers, address


def test_what_is_not_there_is_not_kept(client: FlaskClient) -> None:
    status, headers, _ = get(client, "/assets/nothing.js?m=1", **GZIP)
    assert (status, "immutable" in headers.get("Cache-Control", "")) == (404, False)
