"""The wall in front of the page: a token to get in, and what browsers are told to forbid.

Plain ASGI, so that it holds for every address that Streamlit has or will have.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from gait.ui.access.keys import Keys
from gait.ui.access.served import SERVED, Served

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROFILE_HEADER: Final = "X-Gait-Profile"
LINE_HEADER: Final = "X-Gait-Line"
FULL_HEADER: Final = "X-Gait-Full"
"""What the page is told of who asks; never taken from outside."""

MOST_PAGES: Final = 50
"""Pages that may be open at a time: each keeps its runs in memory, some 20 MB."""

_HEALTH: Final = "/_stcore/health"
_MEDIA: Final = "/media/"
_KEPT_S: Final = 120.0
"""Streamlit keeps a session that long for a browser that lost its connection."""
_QUERY: Final = "token"

_HEADERS: Final[Mapping[str, str]] = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    # Streamlit's charts need eval and its pages inline styles; nothing comes from elsewhere.
    "Content-Security-Policy": "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss: data: blob:; worker-src 'self' blob:; frame-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
}

_REFUSED: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>gaitlens</title>
<meta name="viewport" content="width=device-width">
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 12vh auto">
<h1 style="font-size: 1.4em">This page opens with its link only</h1>
<p>{why} Open the link that <code>gait app</code> printed where it was started, or paste
its token:</p>
<form method="get" action="/"><input name="token" type="password" aria-label="Token" size="40"
 autocomplete="off" autofocus> <button>Open</button></form></body></html>
"""


class Gate:
    """ASGI middleware that lets nobody in without a token.

    Parameters
    ----------
    app : ASGI application
        What it stands before.
    keys : Keys
        The tokens.
    served : Served
        Where it notes what is sent to whom.
    """

    def __init__(self, app: ASGIApp, keys: Keys, served: Served = SERVED) -> None:
        self._app, self._keys, self._served = app, keys, served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        if kind == "http":
            send = _with_headers(send, path)
            if path == _HEALTH:  # says "ok" and nothing else
                await self._app(scope, receive, send)
                return
        profile = self._keys.profile(_cookies(scope).get(_cookie_name(scope), ""))
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get(_QUERY)
        if kind == "http" and given is not None and scope["method"] == "GET":
            token = self._keys.redeem(given)
            if token is not None or profile is not None:
                await _redirect(scope, send, query, token)
                return
        if profile is None:
            await _refuse(scope, send, wrong=bool(given))
        elif kind == "websocket":
            await self._converse(scope, receive, send, profile)
        elif path.startswith(_MEDIA) and not self._served.may_fetch(profile, path[len(_MEDIA) :]):
            await _answer(send, 404, "text/plain", "Not found.")
        else:
            await self._app(_told(scope, {PROFILE_HEADER: profile}), receive, send)

    async def _converse(self, scope: Scope, receive: Receive, send: Send, profile: str) -> None:
        """Pass a connection on, and note what is sent over it."""
        full = self._served.n_open >= MOST_PAGES
        line = self._served.connect(profile)

        async def noting(message: Message) -> None:
            payload = message.get("bytes")
            if payload:
                self._served.sent(line, payload)
            await send(message)

        told = {PROFILE_HEADER: profile, LINE_HEADER: line} | ({FULL_HEADER: "yes"} if full else {})
        try:
            await self._app(_told(scope, told), receive, noting)
        finally:
            self._served.disconnect(line)
            asyncio.get_running_loop().call_later(_KEPT_S, self._served.forget, line)


def _cookie_name(scope: Scope) -> str:
    """Cookies do not know ports: two servers of one computer must not take each other's."""
    return f"gait-{(scope.get('server') or ('', 0))[1]}"


def _cookies(scope: Scope) -> dict[str, str]:
    given = ";".join(v.decode("latin-1") for k, v in scope["headers"] if k == b"cookie")
    pairs = (part.strip().partition("=") for part in given.split(";"))
    return {name: value for name, _, value in pairs}


def _told(scope: Scope, about: Mapping[str, str]) -> dict[str, Any]:
    """The request with what is known of who asks, and without what it says of that itself."""
    ours = {name.lower().encode() for name in (PROFILE_HEADER, LINE_HEADER, FULL_HEADER)}
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in ours]
    # Header values are Latin-1; names of people are not.
    headers += [(name.lower().encode(), quote(value).encode()) for name, value in about.items()]
    return {**scope, "headers": headers}


def _with_headers(send: Send, path: str) -> Send:
    kept = path.startswith("/static/")  # Streamlit's own files; the rest is a person's

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = dict(_HEADERS) | ({} if kept else {"Cache-Control": "no-store"})
            ours = {name.lower().encode() for name in added}
            headers = [(k, v) for k, v in message.get("headers", ()) if k.lower() not in ours]
            headers += [(name.lower().encode(), value.encode()) for name, value in added.items()]
            message = {**message, "headers": headers}
        await send(message)

    return guarded


async def _redirect(
    scope: Scope, send: Send, query: list[tuple[str, str]], token: str | None
) -> None:
    """The same address without the token, which must not stay in a history or be passed on."""
    rest = urlencode([(name, value) for name, value in query if name != _QUERY])
    # One slash: with two, the address would be on another computer.
    target = "/" + quote(str(scope["path"]).lstrip("/\\")) + (f"?{rest}" if rest else "")
    headers = [("Location", target)]
    if token is not None:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{_cookie_name(scope)}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"
        headers.append(("Set-Cookie", cookie))
    await _answer(send, 303, "text/plain", "", headers)


async def _refuse(scope: Scope, send: Send, *, wrong: bool) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    why = "That link is of another start of the page." if wrong else "It shows videos of people."
    await _answer(send, 403, "text/html", _REFUSED.format(why=html.escape(why)))


async def _answer(
    send: Send, status: int, kind: str, text: str, more: list[tuple[str, str]] | None = None
) -> None:
    body = text.encode()
    headers = [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        *(more or []),
    ]
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
