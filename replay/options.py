"""Options: what several commands take. The one rule: an option means the same wherever it stands."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from reciprocity.projections import at
from reciprocity.replay import completing
from reciprocity.replay.language import LANGUAGES, language, speak
from reciprocity.replay.opening import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reciprocity.domain import Recorded
    from reciprocity.store import Register

LAST_POSITION = 2**63 - 1
"""No store has a longer log."""

_YEAR = 366 * 24 * 60 * 60  # seconds
_NAMED = 20  # agreements in a message
F = TypeVar("F", bound="Callable[..., Any]")


class Day(click.ParamType[dt.date]):
    """A date, as 2025-05-24."""

    name = "date"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """The date."""
        try:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date (such as 2025-05-24)", param, ctx)


class Instant(click.ParamType[dt.datetime]):
    """An instant, as 2025-05-24T18:00:00Z; without a zone it is UTC, a bare date is its end in UTC."""

    name = "instant"

    def convert(
        self, value: str | dt.datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """The instant, in UTC."""
        try:
            return value if isinstance(value, dt.datetime) else parse_instant(value)
        except (ValueError, OverflowError):  # within a day of the first or the last instant there is
            self.fail(f"{value!r} is not an instant (such as 2025-05-24T18:00:00Z)", param, ctx)


class Seconds(click.ParamType[float]):
    """How long, in seconds: from 0 to a year, for clocks do not count further."""

    name = "seconds"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        try:
            seconds = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        if not 0 <= seconds <= _YEAR:  # which NaN is not either
            self.fail(f"{value!r} is not in the range from 0 to {_YEAR:,}", param, ctx)
        return seconds


def parse_instant(text: str) -> dt.datetime:
    """The instant that a text names.

    >>> parse_instant("2025-05-24").isoformat(), parse_instant("2025-05-24T18:00").isoformat()
    ('2025-05-24T23:59:59.999999+00:00', '2025-05-24T18:00:00+00:00')
    """
    if len(text) == len("2025-05-24"):
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
    instant = dt.datetime.fromisoformat(text)
    return instant.replace(tzinfo=dt.UTC) if instant.tzinfo is None else instant.astimezone(dt.UTC)


@attrs.frozen
class Clocks:
    """As of which day, and known at which instant; ``None`` is now."""

    as_of: dt.date | None = None
    known_at: dt.datetime | None = None

    def view(self, history: Iterable[Recorded]) -> Iterable[Recorded]:
        """The history as these clocks show it, to be gone through once."""
        return at(history, as_of=self.as_of, known_at=self.known_at)


def point(text: str) -> Clocks:
    """The point of a history that a day (as of then) or an instant (known then) names.

    Raises:
        NotFound: the text is neither.

    >>> point("2025-05-24").as_of
    datetime.date(2025, 5, 24)
    """
    try:
        if len(text) == len("2025-05-24"):
            return Clocks(as_of=dt.date.fromisoformat(text))
        return Clocks(known_at=parse_instant(text))
    except (ValueError, OverflowError) as error:
        raise NotFound(f"{text}: no date or instant") from error


def two_clocks(command: F) -> F:
    """Give a command ``--as-of`` and ``--known-at``."""
    as_of = click.option("--as-of", type=Day(), help="Only what had happened by the end of this day.")
    known_at = click.option(
        "--known-at",
        type=Instant(),
        help="Only what was recorded by this instant (UTC).",
    )
    return as_of(known_at(command))


def _speaks_english(_context: click.Context, _: click.Parameter, asked: bool) -> bool:
    """What programs read does not change with the language."""
    if asked:
        speak(language("en"))
    return asked


def takes_a_language(command: click.Command) -> click.Command:
    """The command, taking ``--lang`` too; the one that was given stays as it was."""
    taking = copy(command)
    taking.params = [
        *command.params,
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            envvar="RECIPROCITY_LANG",
            show_envvar=True,
            is_eager=True,  # so that --json has the last word
            expose_value=False,
            callback=_speaks,
            help="The language of what is printed for people.",
        ),
    ]
    return taking


def _speaks(_context: click.Context, _: click.Parameter, code: str | None) -> None:
    if code is not None:
        speak(language(code))


as_json = click.option(
    "--json",
    "as_json",
    is_flag=True,
    callback=_speaks_english,
    help="One JSON object a line, for programs.",
)
what_to_read = click.argument("source", metavar="JOURNAL_OR_STORE", shell_complete=completing.sources)
which_agreement = click.argument("agreement", required=False, shell_complete=completing.agreements)


def agreement_ids(register: Register, source: str, wanted: str | None) -> list[str]:
    """The agreements of a register, or the one that is wanted.

    Raises:
        NotFound: the register holds none of that id.
    """
    known = register.agreement_ids()
    if wanted is None:
        return known
    if wanted not in known:
        more = f" and {len(known) - _NAMED:,} more" if len(known) > _NAMED else ""
        raise NotFound(
            f"{source}: no agreement {wanted} (there are: {', '.join(known[:_NAMED]) or 'none'}{more})"
        )
    return [wanted]


def events_of(register: Register, source: str, wanted: str | None) -> Iterable[Recorded]:
    """The log of a register, or the history of the one agreement that is wanted.

    Raises:
        NotFound: the register holds none of that id.
    """
    if wanted is None:
        return register.log()
    agreement_ids(register, source, wanted)
    return register.history(wanted)
