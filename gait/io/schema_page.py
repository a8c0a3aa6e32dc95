"""The JSON schema of ``analysis.json``: ``python -m gait.io.schema_page``."""

from __future__ import annotations

import json
import sys

from gait.analysis.results import SCHEMA_VERSION, Analysis


def render() -> str:
    """The whole schema (JSON Schema 2020-12)."""
    schema = Analysis.model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"gaitlens analysis.json, version {SCHEMA_VERSION}",
    }
    return json.dumps(head | schema | head, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
