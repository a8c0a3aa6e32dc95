"""What the literature and our own measurements say, as data: definitions, limits, links, sources.

Numbers and sentences live in TOML files beside these modules, which only read and check them.
"""

from gait.knowledge.cues import Trial, load_cues
from gait.knowledge.flags import Flag, load_flags, load_gate, load_unflagged
from gait.knowledge.links import GRADES, Link, links_of, load_links
from gait.knowledge.metrics import (
    SPEED_MARGIN_MPS,
    Classes,
    EventBias,
    MetricInfo,
    load_event_bias,
    load_far_side,
    load_metrics,
)
from gait.knowledge.published import Published, load_published
from gait.knowledge.repeatability import Repeatability, load_agreement, load_repeatability
from gait.knowledge.sources import Source, load_sources
from gait.knowledge.texts import Texts, load_texts

__all__ = [
    "GRADES",
    "SPEED_MARGIN_MPS",
    "Classes",
    "EventBias",
    "Flag",
    "Link",
    "MetricInfo",
    "Published",
    "Repeatability",
    "Source",
    "Texts",
    "Trial",
    "links_of",
    "load_agreement",
    "load_cues",
    "load_event_bias",
    "load_far_side",
    "load_flags",
    "load_gate",
    "load_links",
    "load_metrics",
    "load_published",
    "load_repeatability",
    "load_sources",
    "load_texts",
    "load_unflagged",
]
