"""A browser without a window: speaks to the page as Streamlit's own script does."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import websocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_S = 120


class Answer(NamedTuple):
    """What a server answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def fetch(
    url: str, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes = b""
) -> Answer:
    """Ask without following where the answer points."""
    request = urllib.request.Request(url, headers=dict(headers or {}), method=method)
    if body:
        request.data = body
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=PATIENCE_S) as found:
            return Answer(found.status, dict(found.headers), found.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, dict(e.headers), e.read())


@contextmanager
def served(
    folder: Path, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, dict[str, str], subprocess.Popen[str]]]:
    """The page as a user starts it: its address, the links by name, and the process."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gait.cli.main", "app", "--no-browser", f"--port={port}"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=folder,
        env=os.environ | dict(env or {}),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        links = {}
        for line in process.stdout:
            if found := re.match(r"\s+(\S+): (http\S+)\?token=(\w+)", line):
                links[found[1]] = found[3]
                url = found[2]
            elif links and not line.strip():
                break
        yield url, links, process
    finally:
        process.terminate()
        process.communicate()


class Client:
    """One browser: its cookies, and one page that is open."""

    def __init__(self, url: str, token: str = "", **headers: str) -> None:
        self.url, self.headers = url, dict(headers)
        if token:
            cookie = fetch(f"{url}?token={token}").headers.get("set-cookie", "")
            self.headers["Cookie"] = cookie.partition(";")[0]
        self.page = ""
        self._socket: websocket.WebSocket | None = None
        self.messages: list[ForwardMsg] = []

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for something with the cookies."""
        return fetch(self.url + path.lstrip("/"), self.headers | headers)

    def connect(self) -> websocket.WebSocket:
        """A new connection, as every tab has one."""
        address = self.url.replace("http", "ws", 1) + "_stcore/stream"
        headers = {name: value for name, value in self.headers.items() if name != "Cookie"}
        return websocket.create_connection(
            address,
            cookie=self.headers.get("Cookie"),
            header=headers,
            subprotocols=["streamlit", "", ""],
            timeout=PATIENCE_S,
        )

    def look(self, query: str = "", clicked: Sequence[str] = ()) -> str:
        """Load or use the page; all that it then shows, as text."""
        if self._socket is None:
            self._socket = self.connect()
        wanted = BackMsg()
        wanted.rerun_script.query_string = query
        wanted.rerun_script.page_name = self.page
        for widget in clicked:
            wanted.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
        self._socket.send_binary(wanted.SerializeToString())
        self.messages = []
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv())
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(map(str, self.messages))
            self.messages.append(message)
        raise AssertionError("the page does not come to an end")

    def media(self) -> list[str]:
        """Addresses of the pictures, videos and downloads that are shown."""
        return re.findall(r"/media/\w+\.\w+", "\n".join(map(str, self.messages)))

    def button(self, label: str) -> str:
        """Id of the first button of that label."""
        for message in self.messages:
            button = message.delta.new_element.button
            if button.label == label:
                return button.id
        raise AssertionError(f"no button {label}")

    def close(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
