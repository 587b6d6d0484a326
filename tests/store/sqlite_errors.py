"""Errors as SQLite gives them, and what fails by them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any


class Failing:
    """A connection that fails, each time, after something was done."""

    def __init__(self, error: Exception, before: Callable[[], object] = lambda: None) -> None:
        self.error, self.before, self.asked = error, before, 0
        self.row_factory = None

    def cursor(self) -> Failing:
        return self

    def execute(self, *_: object) -> None:
        self.asked += 1
        self.before()
        raise self.error

    def close(self) -> None:
        pass


def error_of(code: int, said: str = "disk I/O error") -> sqlite3.OperationalError:
    """An error as SQLite gives it."""
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error


def raising(error: Exception, before: Callable[[], object] = lambda: None, times: int = 1_000) -> Any:
    """A function that raises it, so many times, each time after something was done; and then does nothing."""
    left = [error] * times

    def fails(*_: object, **__: object) -> None:
        if left:
            before()
            raise left.pop()

    return fails
