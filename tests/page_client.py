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
from streamlit.proto.WidgetStates_pb2 import WidgetState
from waiting import PATIENCE_S


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
        stderr=subprocess.STDOUT,
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

    def look(
        self, query: str = "", clicked: Sequence[str] = (), states: Sequence[WidgetState] = ()
    ) -> str:
        """Load or use the page; all that it then shows, as text."""
        wanted = BackMsg()
        wanted.rerun_script.query_string = query
        wanted.rerun_script.page_name = self.page
        for widget in clicked:
            wanted.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
        wanted.rerun_script.widget_states.widgets.extend(states)
        self.messages = []
        self._tell(wanted, until="script_finished")
        return "\n".join(map(str, self.messages))

    def _tell(self, wanted: BackMsg, until: str) -> ForwardMsg:
        if self._socket is None:
            self._socket = self.connect()
        self._socket.send_binary(wanted.SerializeToString())
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv())
            if message.WhichOneof("type") == until:
                return message
            self.messages.append(message)
        raise AssertionError("the page does not come to an end")

    def upload(self, name: str, content: bytes) -> WidgetState:
        """Give a file to the uploader of the page; the state to come back with."""
        elements = [m.delta.new_element for m in self.messages]
        widget = next(e.file_uploader.id for e in elements if e.HasField("file_uploader"))
        session = next(
            m.new_session.initialize.session_id
            for m in self.messages
            if m.WhichOneof("type") == "new_session"
        )
        wanted = BackMsg()
        wanted.file_urls_request.request_id = "1"
        wanted.file_urls_request.file_names.append(name)
        wanted.file_urls_request.session_id = session
        urls = self._tell(wanted, until="file_urls_response").file_urls_response.file_urls[0]
        given = self.get("_stcore/health").headers["set-cookie"].partition(";")[0]
        body = (
            (
                f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                "Content-Type: video/mp4\r\n\r\n"
            ).encode()
            + content
            + b"\r\n--x--\r\n"
        )
        headers = self.headers | {
            "Cookie": f"{self.headers['Cookie']}; {given}",
            "X-Xsrftoken": given.partition("=")[2],
            "Content-Type": "multipart/form-data; boundary=x",
        }
        answer = fetch(self.url + urls.upload_url.lstrip("/"), headers, "PUT", body)
        assert answer.status == 204, answer
        state = WidgetState(id=widget)
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=urls.file_id, file_urls=urls
        )
        return state

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
