"""The page and two people: nothing of one ever reaches the other, and nothing reaches nobody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import fake_backend
import pytest
import websocket
from page_client import Client, fetch, served

from gait import pose
from gait.io.deletion import note_own_copy
from gait.io.run_folder import RunFolder
from gait.pipeline import analyze
from gait.settings import PoseSettings, Settings

SETTINGS = Settings(pose=PoseSettings(backend="fake"), runner="Annabel Secret")
FORBIDDING = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Server(NamedTuple):
    """A page that two people share."""

    url: str
    links: dict[str, str]
    workspace: Path


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pose.register("fake", fake_backend.FakeBackend)
    video = fake_backend.video(tmp_path_factory.mktemp("video") / "run.mp4")
    folder = tmp_path_factory.mktemp("analysed") / "run"
    analyze(video, SETTINGS, out=folder)
    shutil.copyfile(video, folder / "video.mp4")
    note_own_copy(RunFolder(folder), folder / "video.mp4")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    options = ("--workspace", "runs", "--profile", "anna", "--profile", "ben")
    with served(folder, *options, env=fake_backend.install(folder)) as (url, links, _):
        yield Server(url, links, folder / "runs")


@pytest.fixture
def anna(server: Server, analysed: Path) -> Iterator[Client]:
    shutil.copytree(analysed, server.workspace / "anna" / "run", dirs_exist_ok=True)
    client = Client(server.url, server.links["anna"])
    yield client
    client.close()


@pytest.fixture
def ben(server: Server) -> Iterator[Client]:
    client = Client(server.url, server.links["ben"])
    yield client
    client.close()


ADDRESSES = (
    *(
        "",
        "?run=run",
        "library",
        "_stcore/host-config",
        "_stcore/metrics",
        "media/0123456789abcdef",
    ),
    *("_stcore/stream", "_stcore/upload_file/a/b", "static/js/index.js", "favicon.png", "~/+/"),
    *("%2e%2e/etc/passwd", "?token=", "?token=0123456789abcdef0123456789", "?run=run&token=\xff"),
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("cookie", ["", "gait=1", "gait-{port}=", "gait-{port}=0123456789abcdef"])
def test_nobody_sees_anything_without_a_token(server: Server, address: str, cookie: str) -> None:
    headers = {"Cookie": cookie.format(port=server.url.rstrip("/").rpartition(":")[2])}
    answer = fetch(server.url + address.encode().decode("latin-1").replace("Ã¿", "%FF"), headers)
    assert answer.status == 403
    assert b"Annabel" not in answer.body
    assert b"its link only" in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_no_other_method_is_a_way_in(server: Server, method: str) -> None:
    for path in ("", "_stcore/upload_file/a/b", f"?token={server.links['anna']}"):
        assert fetch(server.url + path, method=method, body=b"x").status == 403


def test_a_connection_needs_the_token_as_well(server: Server) -> None:
    for client in (Client(server.url), Client(server.url, Cookie="gait=1")):
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            client.connect()


def test_whether_it_lives_is_all_that_anybody_may_ask(server: Server) -> None:
    assert fetch(f"{server.url}_stcore/health").body == b"ok"


@pytest.mark.parametrize(
    "path", ["", "library", "_stcore/health", "_stcore/host-config", "media/0"]
)
def test_every_answer_forbids_frames_and_keeps_nothing(anna: Client, path: str) -> None:
    for answer in (anna.get(path), fetch(anna.url + path)):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert headers.items() >= FORBIDDING.items()
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_token_does_not_stay_in_the_address(server: Server) -> None:
    answer = fetch(f"{server.url}/evil.com/?run=run&token={server.links['anna']}")
    assert answer.status == 303
    assert answer.headers["location"] == "/evil.com/?run=run"  # on this computer
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_each_sees_only_the_own_runs(anna: Client, ben: Client) -> None:
    assert "Annabel Secret" in anna.look("run=run")
    ours = anna.media()
    assert ours
    for address in ours:
        assert anna.get(address).status == 200
        assert anna.get(address, Range="bytes=0-9").body == anna.get(address).body[:10]
        assert ben.get(address).status == 404
        assert fetch(anna.url + address[1:]).status == 403
    assert "There is no run called run" in ben.look("run=run")
    ben.page = "library"
    assert "Nothing here yet" in ben.look()
    anna.page = "library"
    assert "Annabel Secret" in anna.look()
    for page in ("compare", "batch"):
        ben.page = page
        assert "Annabel" not in ben.look()


def test_who_one_is_cannot_be_claimed(server: Server, anna: Client) -> None:
    forger = Client(server.url, server.links["ben"], **{"X-Gait-Profile": "anna"})
    assert "There is no run called run" in forger.look("run=run")
    forger.close()


@pytest.mark.parametrize(
    "query",
    ["x" * 5000, "~nosuchuser", "%00", "..%2Fanna", "..", "%ff", "a%2F..%2Frun", ".jobs"],
)
def test_a_run_that_cannot_be_is_said_in_one_line(ben: Client, query: str) -> None:
    said = ben.look(f"run={query}")
    assert "There is no " in said
    assert "exception" not in said


def test_deleted_means_that_nothing_is_served_any_more(
    server: Server, anna: Client, ben: Client
) -> None:
    other_tab = Client(server.url, server.links["anna"])
    for section in ("Video", "Frame+by+frame", "Download"):
        other_tab.look(f"run=run&section={section}")
    anna.look("run=run")
    addresses = {*anna.media(), *other_tab.media()}
    assert len(addresses) > 0
    assert all(anna.get(address).status == 200 for address in addresses)
    anna.page = "library"
    anna.look()
    anna.look(clicked=[anna.button("Yes, delete it")])
    assert not (server.workspace / "anna" / "run").exists()
    for client in (anna, other_tab, ben):
        assert {client.get(address).status for address in addresses} == {404}
    assert "There is no run called run" in other_tab.look("run=run")
    other_tab.close()
