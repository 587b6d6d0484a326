"""Everything side by side: plain integers, the aggregate, and stores that are opened now and then anew.

Several agreements are carried out in one register, with requests that are partly lawful and partly free.
What each must come to is worked out in plain integers; the aggregate and the register must agree. The same
commands are given to a register on each other kind of store; what they hold must be equal to the last byte.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import event as seen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ClaimRecorded,
    Event,
    Kept,
    Manifest,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Recorded,
    Refused,
    Symmetry,
    Terms,
    TermsAmended,
    Verdict,
    Weight,
    decide,
    fold,
)
from reciprocity.projections import Cumulative, Standing, Timeline, Verdicts, ask, fold_log
from reciprocity.replay.giving_out import FORMATS
from reciprocity.store import Register
from reciprocity.testing import servers
from reciprocity.testing.plain import Plain, pair
from reciprocity.testing.plain_rules import expected
from reciprocity.testing.strategies import (
    FIRST_DAY,
    any_terms,
    claims,
    counts,
    manifests,
    maybe_days,
    plain_texts,
)
from tests import stores
from tests.examples import back, out, swap

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
CODES = ("UKR", "RUS", "ZZZ")

# The register's method for each request; what it asks for is named as in the event.
METHODS: dict[type[Event], str] = {
    AgreementSigned: "sign",
    TermsAmended: "amend",
    PhaseAnnounced: "announce_phase",
    PhasePostponed: "postpone_phase",
    PhaseCompleted: "complete_phase",
    PhaseCorrected: "correct_phase",
    PhaseVoided: "void_phase",
    ClaimRecorded: "record_claim",
    AgreementSuspended: "suspend",
    AgreementResumed: "resume",
    AgreementFulfilled: "fulfil",
    AgreementTerminated: "terminate",
}

totals = st.sampled_from([2, 4, 6, 8, 12]) | counts(8)
usual_terms = st.builds(
    lambda there, here, kept, weight, signed_on: attrs.evolve(
        swap(there, here), symmetry=Symmetry(kept, (Weight("civilian", weight),)), signed_on=signed_on
    ),
    totals,
    totals,
    st.sampled_from(Kept),
    st.sampled_from([1, 1, 2]),
    st.sampled_from([None, FIRST_DAY, dt.date(2025, 5, 16)]),
)
terms = st.one_of(usual_terms, usual_terms, usual_terms, any_terms(CODES))
even = st.sampled_from([1, 1, 2, 2, 3, 0]).map(lambda n: (out(n), back(n)))
rows = st.one_of(even, even, manifests(CODES, most=4))
late_days = st.sampled_from([None, dt.date(2025, 6, 1), FIRST_DAY])
shifts = st.sampled_from([0, 0, 0, 0, 1, -1, 2])  # which phase, counted from the expected one


class Records(RuleBasedStateMachine):
    """A record of several agreements, kept in several ways."""

    signed: Bundle[str] = Bundle("signed")
    kinds: tuple[str, ...] = ("sqlite", "memory")
    """Of stores; the first is asked in every way, the others for the same commands."""

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="reciprocity-"))
        self.held.callback(shutil.rmtree, self.folder)
        self.urls = [self.held.enter_context(stores.place(kind, self.folder)) for kind in self.kinds]
        self.register, *self.others = [Register.open(url, create=True, clock=self.clock) for url in self.urls]
        self.seconds = 0
        self.plain: dict[str, Plain] = {}
        self.aggregates: dict[str, Agreement] = {}
        self.log: list[Recorded] = []

    def clock(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.seconds)

    def teardown(self) -> None:
        exports = [given_out(register) for register in (self.register, *self.others)]
        for register in (self.register, *self.others):
            register.close()
        self.held.close()
        assert exports == exports[:1] * len(self.kinds)

    def ask(self, name: str, request: Event) -> None:
        """Ask all of them for the same; each must answer as plain integers say."""
        self.seconds += 1
        before = self.plain.get(name, Plain())
        aggregate = self.aggregates.get(name, Agreement(name))
        should = expected(before, request)
        fields = [f.name for f in attrs.fields(type(request)) if f.name != "reverses"]
        asked: dict[str, Any] = {field: getattr(request, field) for field in fields}
        method = getattr(self.register, METHODS[type(request)])
        outcome = "refused" if should.broken else "already" if should.already else "accepted"
        seen(f"{type(request).__name__} {outcome}")
        if should.broken:
            with pytest.raises(Refused) as by_aggregate:
                decide(aggregate, request)
            with pytest.raises(Refused) as by_register:
                method(name, **asked)
            assert should.agrees_with(by_aggregate.value.rules)
            assert by_register.value.violations == by_aggregate.value.violations
            for register in self.others:
                with pytest.raises(Refused) as by_other:
                    register.command(name, lambda agreement: decide(agreement, request))
                assert by_other.value.violations == by_aggregate.value.violations
            return
        decided, recorded = decide(aggregate, request), method(name, **asked)
        assert tuple(one.event for one in recorded) == decided
        assert should.already == (decided == ())
        by = recorded[0].command_id if recorded else None
        for register in self.others:
            asked_too = register.command(name, lambda agreement: decide(agreement, request), command_id=by)
            assert asked_too == recorded
        self.log += recorded
        if should.after:
            self.aggregates[name] = fold(aggregate, decided)
            self.plain[name] = should.after

    @initialize(target=signed, first=usual_terms, second=usual_terms)
    def begin(self, first: Terms, second: Terms) -> MultipleResults[str]:
        return multiple(*(self._signed(terms) for terms in (first, second)))

    @rule(target=signed, terms=usual_terms)
    @precondition(lambda self: len(self.plain) < 4)
    def sign(self, terms: Terms) -> str:
        return self._signed(terms)

    def _signed(self, terms: Terms) -> str:
        name = f"swap-{len(self.plain) + 1}"
        self.ask(name, AgreementSigned(terms=terms))
        return name

    @rule(name=signed, terms=terms, anew=st.booleans())
    def sign_freely(self, name: str, terms: Terms, anew: bool) -> None:
        self.ask(f"{name}-b" if anew else name, AgreementSigned(terms=terms))

    @rule(name=signed, terms=terms, day=maybe_days)
    def amend_freely(self, name: str, terms: Terms, day: dt.date | None) -> None:
        self.ask(name, TermsAmended(terms=terms, reason="so agreed", amended_on=day))

    @rule(name=signed, more=st.integers(0, 3))
    def amend(self, name: str, more: int) -> None:
        now = self.aggregates[name].terms
        owed = tuple(attrs.evolve(one, total=one.total + more) for one in now.obligations)
        terms = attrs.evolve(now, obligations=owed)
        self.ask(name, TermsAmended(terms=terms, reason="more of the same"))

    @rule(name=signed, shift=shifts, day=maybe_days, planned=rows)
    def announce(self, name: str, shift: int, day: dt.date | None, planned: Manifest) -> None:
        number = self.plain[name].last + 1 + shift
        self.ask(name, PhaseAnnounced(phase=max(1, number), expected_on=day, planned=planned))

    @rule(name=signed, data=st.data(), day=maybe_days)
    def postpone(self, name: str, data: st.DataObject, day: dt.date | None) -> None:
        number = data.draw(self._phases(name, "announced", "postponed"))
        self.ask(name, PhasePostponed(phase=number, expected_on=day))

    @rule(name=signed, shift=shifts, day=maybe_days, released=rows)
    def complete_freely(self, name: str, shift: int, day: dt.date | None, released: Manifest) -> None:
        number = max(1, self.plain[name].last + 1 + shift)
        self.ask(name, PhaseCompleted(phase=number, completed_on=day, released=released))

    @rule(name=signed, data=st.data(), released=even)
    def complete(self, name: str, data: st.DataObject, released: Manifest) -> None:
        planned = self._phases(name, "announced", "postponed")
        number = data.draw(st.just(self.plain[name].last + 1) | planned)
        self.ask(name, PhaseCompleted(phase=number, released=released))

    @rule(name=signed, data=st.data(), day=late_days, released=rows, reason=plain_texts)
    def correct(
        self, name: str, data: st.DataObject, day: dt.date | None, released: Manifest, reason: str
    ) -> None:
        number = data.draw(self._phases(name, "completed"))
        self.ask(name, PhaseCorrected(phase=number, completed_on=day, released=released, reason=reason))

    @rule(name=signed, data=st.data(), reason=plain_texts)
    def void(self, name: str, data: st.DataObject, reason: str) -> None:
        number = data.draw(self._phases(name, "announced", "postponed", "completed"))
        self.ask(name, PhaseVoided(phase=number, reason=reason))

    @rule(name=signed, data=st.data(), claimed=claims(CODES), office=st.none() | plain_texts)
    def claim(self, name: str, data: st.DataObject, claimed: Any, office: str | None) -> None:
        number = data.draw(st.none() | self._phases(name, "announced", "completed", "voided"))
        self.ask(name, ClaimRecorded(claimant="TASS", office=office, phase=number, claimed=claimed))

    @rule(name=signed, reason=plain_texts, other=st.sampled_from([False, False, True]))
    def suspend_or_resume(self, name: str, reason: str, other: bool) -> None:
        resumed = (self.plain[name].status == "suspended") is not other
        self.ask(name, AgreementResumed() if resumed else AgreementSuspended(reason=reason))

    @rule(name=signed, day=maybe_days)
    def fulfil(self, name: str, day: dt.date | None) -> None:
        self.ask(name, AgreementFulfilled(fulfilled_on=day))

    @rule(name=signed, manner=st.sampled_from(Manner), really=st.integers(0, 3))
    def terminate(self, name: str, manner: Manner, really: int) -> None:
        if really == 0:
            self.ask(name, AgreementTerminated(manner=manner, reason="so it was announced"))

    @rule()
    def reopen(self) -> None:
        self.register, *self.others = [
            self._again(register, url)
            for register, url in zip((self.register, *self.others), self.urls, strict=True)
        ]

    def _again(self, register: Register, url: str) -> Register:
        if url == "memory:":
            return register
        register.close()
        return Register.open(url, clock=self.clock)

    def _phases(self, name: str, *statuses: str) -> st.SearchStrategy[int]:
        """Mostly a phase that stands so; now and then any other, or one that there is not yet."""
        known = [number for number, status in self.plain[name].phases.items() if status in statuses]
        return st.sampled_from([*known * 4, *range(1, self.plain[name].last + 2)])

    @invariant()
    def all_agree(self) -> None:
        for name, state in self.plain.items():
            aggregate = self.aggregates[name]
            assert self.register.agreement(name) == aggregate
            assert (aggregate.version, aggregate.status.value) == (state.version, state.status)
            assert {n: phase.status.value for n, phase in aggregate.phases.items()} == state.phases
            counted = {tuple(lane): pair(total.count) for lane, total in aggregate.exchanged.sums.items()}
            for lane, total in state.totals().items():
                assert counted.pop(lane) == total
            assert set(counted.values()) <= {(0, 0)}

    @invariant()
    def every_log_holds_everything_in_order(self) -> None:
        for register in (self.register, *self.others):
            assert list(register.log()) == self.log
            assert register.agreement_ids() == list(self.plain)

    @invariant()
    def check_projections(self) -> None:
        """What the projections make of the stored log is what plain integers come to."""
        totals = fold_log(Cumulative(), self.register.log())
        rows = ask(Timeline(), self.register.log())
        standing = {row.agreement: row for row in ask(Standing(), self.register.log())}
        assert set(totals) == set(standing) == set(self.plain)
        for name, state in self.plain.items():
            assert totals[name].status.value == standing[name].status == state.status
            assert totals[name].exchanged.sums == self.aggregates[name].exchanged.sums
            assert {row.phase for row in rows if row.agreement == name} == set(state.records)
            assert standing[name].phases == len(state.records)
        assert not any(r.finding.verdict is Verdict.VIOLATED for r in ask(Verdicts(), self.register.log()))


def given_out(register: Register) -> bytes:
    """The whole log as a file of events."""
    file = io.BytesIO()
    FORMATS["jsonl"](register.log(), file)
    return file.getvalue()


class RecordsOnAServerToo(Records):
    kinds = ("sqlite", "memory", "postgresql")


_profile = settings(settings.get_profile(settings.get_current_profile_name()), stateful_step_count=40)
TestRecords = Records.TestCase
TestRecords.settings = _profile
TestRecordsOnAServerToo = pytest.mark.skipif(servers.NO_SERVER, reason=servers.HOW_TO_INSTALL)(
    RecordsOnAServerToo.TestCase
)
# A tenth of the histories: what a server can do differently does not depend on the history.
TestRecordsOnAServerToo.settings = settings(_profile, max_examples=max(1, _profile.max_examples // 10))
