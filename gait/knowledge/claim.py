"""What every statement about research must carry before it can be shown."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import model_validator

from gait.knowledge.reading import Model
from gait.knowledge.sources import checked, load_sources
from gait.types import Grade

Support = Grade | Literal["guideline", "expert view"]
"""How well a statement is supported; guidelines and experts where nobody has counted."""


class Sourced(Model):
    """Something that rests on sources, which must exist.

    Nothing with a figure loads unless one of its sources has been read: a figure from memory or
    from somebody else's summary is not for showing.
    """

    text: str
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _is_supported(self) -> Self:
        read = any(load_sources()[source].read for source in checked(self.sources))
        for sentence in self.shown():
            if re.search(r"\d", sentence) and not read:
                raise ValueError(f"a figure, but no source that was read: {sentence}")
        return self

    def shown(self) -> tuple[str, ...]:
        """What a runner gets to read of it."""
        return (self.text,)


class Claim(Sourced):
    """A statement with the strength of its support."""

    grade: Support
