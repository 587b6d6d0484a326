"""Reading only what is counted gives what reading everything gives; and never another figure."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import Recorded
from reciprocity.projections import Cumulative, Totals, fold_log
from reciprocity.store import WIRE, Kind, Log, Unreadable, Wire
from reciprocity.store.log import Between, Row
from reciprocity.store.wire import KINDS
from reciprocity.testing.recorded import recordings
from tests.store.wire_lines import LINES
from tests.tries import MANY


@attrs.frozen
class Held:
    """Rows as a recorder holds them; given out a few at a time."""

    held: tuple[Row, ...]

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        low, high = between or ("", None)
        last = len(self.held) if up_to is None else up_to
        mine = [row for row in self.held if after < row[0] <= last and low <= row[1]]
        return [row for row in mine if high is None or row[1] < high][: min(limit, 3)]


def stored(log: Sequence[Recorded]) -> tuple[Row, ...]:
    return tuple(
        (position, one.agreement_id, one.version, *WIRE.encode(one)) for position, one in enumerate(log, 1)
    )


@st.composite
def logs(draw: st.DrawFn) -> tuple[Recorded, ...]:
    """The events of up to three agreements, each in order, one between the other."""
    waiting = [
        list(draw(recordings(name))) for name in draw(st.sets(st.sampled_from(["a", "b", "c"]), min_size=1))
    ]
    log: list[Recorded] = []
    while waiting:
        log.append(draw(st.sampled_from(waiting)).pop(0))
        waiting = [left for left in waiting if left]
    return tuple(log)


def whole(rows: Sequence[Row], wire: Wire = WIRE) -> dict[str, Totals]:
    """The totals after whole events, one after another."""
    totals: dict[str, Totals] = {}
    for recorded in Log(Held(tuple(rows)), wire):
        totals[recorded.agreement_id] = totals.get(recorded.agreement_id, Totals()).after(recorded.event)
    return totals


def narrow(rows: Sequence[Row], wire: Wire = WIRE) -> dict[str, Totals]:
    known = fold_log(Cumulative(), Log(Held(tuple(rows)), wire))
    return dict(known)


@given(logs())
def test_what_is_counted_is_what_whole_events_say(log: tuple[Recorded, ...]) -> None:
    assert narrow(stored(log)) == whole(stored(log))
    by_one = Cumulative().initial()
    for recorded in log:
        by_one = Cumulative().apply(by_one, recorded)
    assert narrow(stored(log)) == dict(by_one)


@given(logs(), st.data())
def test_a_log_can_be_counted_in_parts(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    held, cut = Held(stored(log)), data.draw(st.integers(0, len(log)))
    first = fold_log(Cumulative(), Log(held, WIRE, 0, cut))
    assert fold_log(Cumulative(), Log(held, WIRE, cut), first) == fold_log(Cumulative(), Log(held, WIRE))
    one, other = (
        fold_log(Cumulative(), Log(held, WIRE, 0, None, share)) for share in (("", "b"), ("b", None))
    )
    assert one.update(other) == fold_log(Cumulative(), Log(held, WIRE))


@MANY
@given(logs(), st.data())
def test_a_damaged_byte_never_gives_another_figure(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    rows = list(stored(log))
    position, agreement_id, version, topic, state = data.draw(st.sampled_from(rows))
    place = data.draw(st.integers(0, len(state) - 1))
    damaged = state[:place] + bytes([data.draw(st.integers(0, 255))]) + state[place + 1 :]
    rows[position - 1] = (position, agreement_id, version, topic, damaged)
    try:
        counted = narrow(rows)
    except Unreadable:
        with pytest.raises(Unreadable):
            whole(rows)
        return
    try:
        assert counted == whole(rows)
    except Unreadable:  # for something that is not counted
        assert counted == narrow(stored(log))


TOPIC, LINE, EVENT = LINES[4]
SIGNED = ("agreement-signed/1", LINES[0][1])
ORDINARY = LINE.replace(b'{"at_least":100,"at_most":120},null', b"100,true")

ONE = b'["UKR","RUS","civilian",1,true]'
COUNTED = {
    "two rows alike": (b'["UKR","RUS","civilian",120,true]', b'["UKR","RUS","civilian",120,true],' + ONE),
    "what was released, twice": (b'"released":', b'"released":[' + ONE + b'],"released":'),
    "twice, once in disguise": (b'"released":', b'"rel\\u0065ased":[' + ONE + b'],"released":'),
    "in disguise after it": (b'"sources"', b'"rel\\u0065ased":[' + ONE + b'],"sources"'),
    "two events": (b'"event"', b'"event":{"phase":1,"released":[]},"event"'),
    "nothing released": (b'"released":', b'"planned":'),
    "a place too many": (b"120,true]", b"120,true,1]"),
    "a place too few": (b"120,true]", b"120]"),
    "negative": (b"120,true]", b"-1,true]"),
    "huge": (b"120,true]", b"10000000001,true]"),
    "boolean": (b"120,true]", b"true,true]"),
    "fractional": (b"120,true]", b"120.5,true]"),
    "in quotes": (b"120,true]", b'"120",true]'),
    "a number for a boolean": (b"120,true]", b"120,1]"),
    "no party": (b'["UKR","RUS","civilian",120', b'["ukr","RUS","civilian",120'),
    "to itself": (b'["UKR","RUS","civilian",120', b'["RUS","RUS","civilian",120'),
    "no category": (b'"civilian",120', b'"Civilian",120'),
    "cut short": (b'"2025-05-25T16:00:00Z"}', b'"2025-05-25T16:00:00Z"'),
    "more after it": (b'00Z"}', b'00Z"}{}'),
    "not UTF-8": (b'"civilian",120', b'"civil\xffan",120'),
}  # fmt: skip


@pytest.mark.parametrize("change", COUNTED)
def test_what_is_counted_is_refused_if_it_is_not_well_formed(change: str) -> None:
    old, new = COUNTED[change]
    assert old in ORDINARY
    rows = ((1, "swap", 1, *SIGNED), (2, "swap", 2, TOPIC, ORDINARY.replace(old, new, 1)))
    for read in (whole, narrow):
        with pytest.raises(Unreadable, match=r"^position 2, swap version 2, phase-completed/1: .+"):
            read(rows)


@pytest.mark.parametrize("topic", ["phase-completed/2", "phase-finished/1", "os:system", ""])
def test_a_name_that_is_not_in_the_table_is_refused(topic: str) -> None:
    for read in (whole, narrow):
        with pytest.raises(Unreadable, match=r"^position 1, swap version 1"):
            read(((1, "swap", 1, topic, ORDINARY),))


def test_a_gap_is_refused() -> None:
    for read in (whole, narrow):
        with pytest.raises(Unreadable, match="swap: version 2 is missing; version 3 comes next"):
            read(((1, "swap", 1, *SIGNED), (2, "swap", 3, TOPIC, ORDINARY)))


def test_an_older_schema_is_not_taken_for_the_present_one() -> None:
    """Suppose that schema 1 had counted in tens."""

    def in_ones(fact: dict[str, list[list[int]]]) -> dict[str, list[list[int]]]:
        return {**fact, "released": [[*row[:3], 10 * row[3], row[4]] for row in fact["released"]]}

    kinds = tuple(Kind(k.name, 2, k.event) if k.name == "phase-completed" else k for k in KINDS)
    wire = Wire(kinds, {"phase-completed/1": in_ones})
    rows = ((1, "swap", 1, *SIGNED), (2, "swap", 2, TOPIC, ORDINARY))
    assert narrow(rows, wire) == whole(rows, wire) != narrow(rows)
