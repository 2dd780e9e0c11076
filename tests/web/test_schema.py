"""The API answers whatever its own description allows, and refuses the rest, as schemathesis tries it.

Left out is the check that all that the description allows is accepted: a day before the book begins, or a name that
nobody has, is well formed and still has no answer (400, 404).
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

HOST = {"host": "127.0.0.1"}
EXAMPLES = 4
"""Requests of each route and kind; enough to meet every parameter, few enough for every run of the tests."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def description() -> Any:
    """The API as it describes itself; long runs are refused, their own tests start them."""
    from cardhouse.web.app import create_app
    from cardhouse.web.settings import Settings

    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(Settings(jobs=0)), headers=HOST)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "not allowed"])
def test_the_api_keeps_to_its_description(description: Any, mode: GenerationMode) -> None:
    for found in description.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def keeps(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers=HOST)

        try:
            keeps()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, f"nothing can be asked of {operation.label}"
