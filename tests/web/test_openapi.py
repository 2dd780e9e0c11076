"""The description of the API is complete: everything is typed, bounded, and says how errors look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

FAULT = {"$ref": "#/components/schemas/Fault"}
PICTURES = {"/api/map.svg": "image/svg+xml", "/api/runs/{run}/events": "text/event-stream"}
ERRORS = ("400", "401", "404", "405", "413", "421", "422")
Schema = dict[str, Any]


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> Schema:
    """What the server says of its API."""
    found: Schema = client.get("/api/openapi.json").json()
    return found


def operations(description: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_page_finds_its_routes(description: Schema) -> None:
    assert set(description["paths"]) >= {
        *("/api/about", "/api/firm/{firm}", "/api/search", "/api/conflicts", "/api/metrics", "/api/metric/{metric}"),
        *("/api/map", "/api/map.svg", "/api/pull", "/api/ranking", "/api/scenarios", "/api/sliders", "/api/live"),
        *("/api/path", "/api/runs", "/api/runs/{run}", "/api/runs/{run}/events", "/api/runs/{run}/answer"),
        *("/api/money", "/api/money/{firm}", "/api/restate", "/api/value/{firm}", "/api/compute", "/api/chain"),
        *("/api/concentration", "/api/concentration/{firm}", "/api/peers", "/api/capital", "/api/country"),
        *("/api/frontier", "/api/market", "/api/check", "/api/words"),
    }


def test_errors_have_one_form(description: Schema) -> None:
    fault = description["components"]["schemas"]["Fault"]
    assert (fault["required"], fault["properties"]["error"]["type"]) == (["error"], "string")
    for path, method, operation in operations(description):
        for code in ERRORS:
            content = operation["responses"][code]["content"]
            assert content["application/json"]["schema"] == FAULT, f"{method} {path} {code}"


def test_answers_are_objects_or_say_what_they_are(description: Schema) -> None:
    for path, method, operation in operations(description):
        content = operation["responses"]["200"]["content"]
        if path in PICTURES:
            assert list(content) == [PICTURES[path]]
        else:
            assert content["application/json"]["schema"]["type"] == "object", f"{method} {path}"
        assert operation["tags"]
        assert operation["description"]


def test_everything_that_may_be_sent_has_an_end(description: Schema) -> None:
    """Texts, lists and maps have a longest, numbers a range, so that no request can ask for endless work."""
    for path, method, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            assert bounded(parameter["schema"], description), f"{method} {path} {parameter['name']}"
        if "requestBody" in operation:
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            assert bounded(body, description), f"{method} {path}"


def bounded(schema: Schema, whole: Schema) -> bool:
    """Whether what may be sent has an end: lengths, ranges, choices, formats."""
    if "$ref" in schema:
        return bounded(whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in schema:
        return all(bounded(part, whole) for part in schema["anyOf"])
    has, kind = set(schema).intersection, schema.get("type")
    if kind == "string":
        return bool(has({"enum", "const", "format", "pattern", "maxLength"}))
    if kind in ("integer", "number"):
        return bool(has({"minimum", "exclusiveMinimum"}) and has({"maximum", "exclusiveMaximum"}))
    if kind == "array":
        return "maxItems" in schema and bounded(schema["items"], whole)
    if kind == "object" and "properties" in schema:
        return all(bounded(part, whole) for part in schema["properties"].values())
    return "maxProperties" in schema if kind == "object" else kind in ("boolean", "null")
