"""Tokens: whoever has one sees the library that belongs to it, and nobody else sees anything."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final

from gait.sanitize.text import folder_name, name_key
from gait.types import UsageError

TOKEN_ENV: Final = "GAIT_TOKEN"
"""The secret of a server whose links are to outlast it; without it every start makes a new one."""
PROFILES_ENV: Final = "GAIT_PROFILES"
"""Names of the libraries of a server that several people share, separated by "/"."""

_SHORTEST: Final = 20
"""Characters of a secret that somebody chose: shorter ones can be tried out over a network."""


class Keys:
    """The tokens of one server.

    Parameters
    ----------
    secret : str
        The token, if there is one library; otherwise each library has a token made of it.
    profiles : sequence of str
        Names of the libraries; none means that there is only one, which has no name.
    """

    def __init__(self, secret: str, profiles: Sequence[str] = ()) -> None:
        self._profiles = {_derived(secret, name): name for name in profiles} or {secret: ""}
        self._once: dict[str, str] = {}
        self._lock = Lock()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Keys:
        """The tokens that `TOKEN_ENV` and `PROFILES_ENV` ask for; a new secret if none is given.

        Raises
        ------
        UsageError
            If the secret is too short, or a name is not fit for a folder.
        """
        secret = environment.get(TOKEN_ENV) or secrets.token_hex(24)
        if len(secret) < _SHORTEST or not secret.isascii() or not secret.isalnum():
            raise UsageError(
                f"{TOKEN_ENV} has to be at least {_SHORTEST} letters and digits.",
                "Leave it out, or make one with `openssl rand -hex 24`.",
            )
        return cls(secret, profile_names(environment.get(PROFILES_ENV, "").split("/")))

    def profile(self, token: str) -> str | None:
        """Name of the library that a token opens; None if it opens none."""
        given = token.encode()
        # All of them are compared, each in the same time: none can be guessed bit by bit.
        fitting = [p for t, p in self._profiles.items() if hmac.compare_digest(t.encode(), given)]
        return fitting[0] if fitting else None

    def links(self) -> dict[str, str]:
        """Token by name of the library."""
        return {profile: token for token, profile in self._profiles.items()}

    def once(self, profile: str) -> str:
        """A code that stands for a token one single time.

        The command line of a browser can be read by other accounts of the computer, and by the
        time somebody has read it there, it is worth nothing.
        """
        code = secrets.token_hex(24)
        with self._lock:
            self._once[code] = self.links()[profile]
        return code

    def redeem(self, given: str) -> str | None:
        """The token that a link gives, itself or by a code; None if neither is valid."""
        with self._lock:
            token = self._once.pop(given, given)
        return token if self.profile(token) is not None else None


def profile_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of libraries, none twice; UsageError if one is not fit for a folder."""
    named = tuple(dict.fromkeys(name for name in names if name))
    for name in named:
        if folder_name(name) != name:
            raise UsageError(f"{name[:80]!r} cannot be the name of a folder.", "Use letters.")
    if len({name_key(name) for name in named}) < len(named):
        raise UsageError(
            f"Two of {', '.join(named)[:200]} differ only in capitals.",
            "To many disks they are one folder: use other names.",
        )
    return named


def _derived(secret: str, profile: str) -> str:
    return hmac.digest(secret.encode(), profile.encode(), hashlib.sha256).hex()[:48]
