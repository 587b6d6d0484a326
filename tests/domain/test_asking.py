"""Commands: whatever they are given stands in the event that they emit, under the same name."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest

from reciprocity.domain import Agreement, Event, fold
from tests.asked import ASKED, CITED


@pytest.mark.parametrize(("command", "told", "given"), ASKED)
def test_what_is_given_stands_in_the_event(
    command: Any, told: tuple[Event, ...], given: dict[str, Any]
) -> None:
    event: Event = command(fold(Agreement("swap"), told), **given, **CITED)[0]
    assert {name: getattr(event, name) for name in (*given, *CITED)} == {**given, **CITED}


@pytest.mark.parametrize(("command", "told", "given"), ASKED)
def test_all_that_can_be_given_is(command: Any, told: tuple[Event, ...], given: dict[str, Any]) -> None:
    taken = set(inspect.signature(command).parameters) - {"agreement", "cited"}
    assert set(given) == taken
    event = command(fold(Agreement("swap"), told), **given)[0]
    assert {one.name for one in attrs.fields(type(event))} - {"reverses"} == taken | set(CITED)
