"""Terms answer what was agreed: who stands for whom, what is owed, and what it is worth."""

from __future__ import annotations

import attrs
import pytest

from reciprocity.domain import (
    OPEN,
    Balance,
    Direction,
    Kept,
    Malformed,
    Obligation,
    Party,
    Range,
    Symmetry,
    Tally,
    Terms,
    Transfer,
    Weight,
    Window,
)
from reciprocity.domain.terms import all_even
from tests.examples import back, may, out, swap

THERE, HERE = Direction("UKR", "RUS"), Direction("RUS", "UKR")
GROUP = Terms(
    title="a group and another side",
    parties=(Party("HAMAS", "Hamas", (Party("PIJ", "Islamic Jihad"),)), Party("ISR", "Israel")),
    obligations=(Obligation("HAMAS", "ISR", 3, ("hostage",)), Obligation("ISR", "HAMAS", OPEN)),
    symmetry=Symmetry(Kept.AT_FULFILMENT, (Weight("hostage", 30), Weight("mortal_remains", 0))),
)
RELEASED = (
    Transfer("HAMAS", "ISR", "hostage", 2),
    Transfer("PIJ", "ISR", "hostage", 1),
    Transfer("PIJ", "ISR", "mortal_remains", 4),
    Transfer("ISR", "PIJ", "detainee", 90),
)


def test_the_common_case_is_what_it_would_be_written_out() -> None:
    assert Terms.symmetric("UKR", "RUS", total=1_000) == Terms(
        title="1000 for 1000",
        parties=(Party("UKR", "UKR"), Party("RUS", "RUS")),
        obligations=(Obligation("UKR", "RUS", 1_000), Obligation("RUS", "UKR", 1_000)),
        symmetry=Symmetry(Kept.EACH_PHASE),
    )
    told = Terms.symmetric("A", "B", total=2, title="two", kept=Kept.AT_FULFILMENT, signed_on=may(16))
    assert (told.title, told.symmetry.kept, told.signed_on) == ("two", Kept.AT_FULFILMENT, may(16))


def test_what_is_not_said_is_open_or_unknown() -> None:
    bare = Terms(title="bare", parties=(), obligations=())
    assert (bare.symmetry, bare.window) == (Symmetry(Kept.EACH_PHASE, ()), Window(None, None))
    assert (bare.signed_on, bare.signed_at, bare.parent, bare.series) == (None, None, None, False)
    assert bare.mediators == bare.facilitators == ()
    assert bare.sources == ()
    assert not bare.are_exhausted_by(Tally())


def test_a_window_may_be_one_day_and_does_not_end_before_it_starts() -> None:
    assert Window(may(23), may(23)).ends_on == may(23)
    assert Window(may(23), None).ends_on is Window(None, may(23)).starts_on is None
    with pytest.raises(Malformed, match=r"^ends_on: 2025-05-22 is before starts_on, 2025-05-23$"):
        Window(may(23), may(22))


def test_codes_and_names_stand_for_a_party_or_its_member() -> None:
    assert GROUP.codes() == ("HAMAS", "PIJ", "ISR")
    assert GROUP.party("PIJ") is GROUP.party("HAMAS") is GROUP.parties[0]
    assert GROUP.party("BLR") is None
    with pytest.raises(Malformed, match=r"^parties: PIJ stands there twice$"):
        attrs.evolve(GROUP, parties=(*GROUP.parties, Party("PIJ", "another")))
    with pytest.raises(Malformed, match=r"^obligations: UKR, RUS stands there twice$"):
        swap(quotas=[Obligation("UKR", "RUS", 3)])


def test_an_obligation_says_between_whom_and_of_what() -> None:
    assert str(Obligation("UKR", "RUS", 3)) == "UKR>RUS"
    assert str(Obligation("UKR", "RUS", 3, ("hostage", "detainee"))) == "UKR>RUS hostage + detainee"
    assert Obligation("UKR", "RUS", 3).direction == THERE
    assert Obligation("UKR", "RUS", 3).covers("hostage")
    assert Obligation("UKR", "RUS", 3, ("hostage",)).covers("hostage")
    assert not Obligation("UKR", "RUS", 3, ("hostage",)).covers("detainee")


@pytest.mark.parametrize(
    ("total", "done", "met", "exhausted"),
    [
        (3, 2, False, False),
        (3, 3, True, True),
        (3, 4, True, True),
        (3, Range(2, 4), None, False),
        (3, Range(0, 2), False, False),
        (3, Range(3, 5), True, True),
        (Range(3, 5), 3, True, False),
        (Range(3, 5), 5, True, True),
        (Range(3), 3, True, False),
        (Range(3), 1_000, True, False),
        (OPEN, 1_000, None, False),
        (0, 0, True, True),
    ],
)
def test_when_an_obligation_is_met_and_when_nothing_more_can_be_released_under_it(
    total: int | Range, done: int | Range, met: bool | None, exhausted: bool
) -> None:
    owed = Obligation("UKR", "RUS", total)
    assert (owed.is_met_by(done), owed.is_exhausted_by(done)) == (met, exhausted)


def test_what_is_owed_is_told_by_direction_in_the_order_of_the_terms() -> None:
    quota = Obligation("UKR", "RUS", 4, ("hostage",))
    terms = swap(quotas=[quota])
    assert terms.directions() == [THERE, HERE]
    assert terms.owed(THERE) == [terms.obligations[0], quota]
    assert terms.owed(HERE) == [terms.obligations[1]]
    assert terms.owed(Direction("UKR", "UKR")) == terms.owed(Direction("RUS", "RUS")) == []


def test_a_release_serves_what_covers_it_in_its_direction() -> None:
    owed = Obligation("HAMAS", "ISR", 3, ("hostage",))
    for direction, category, serves in [
        (Direction("HAMAS", "ISR"), "hostage", True),
        (Direction("PIJ", "ISR"), "hostage", True),
        (Direction("PIJ", "ISR"), "detainee", False),
        (Direction("ISR", "PIJ"), "hostage", False),
        (Direction("PIJ", "BLR"), "hostage", False),
        (Direction("BLR", "ISR"), "hostage", False),
    ]:
        assert GROUP.serves(direction, category, owed) is serves
    # An obligation of a member is its own: the group, which is more, does not serve it.
    assert not GROUP.serves(Direction("HAMAS", "ISR"), "hostage", Obligation("PIJ", "ISR", 1))


def test_what_was_exchanged_is_told_of_a_group_and_of_a_member() -> None:
    tally = Tally().plus(RELEASED)
    there, here = Direction("HAMAS", "ISR"), Direction("ISR", "HAMAS")
    assert GROUP.exchanged(tally, there) == 7
    assert GROUP.exchanged(tally, there, ("hostage",)) == 3
    assert GROUP.exchanged(tally, Direction("PIJ", "ISR")) == 5
    assert GROUP.exchanged(tally, here) == 90
    assert GROUP.by_category(tally, there) == {"hostage": 3, "mortal_remains": 4}
    assert GROUP.by_category(tally, here) == {"detainee": 90}
    assert GROUP.categories(tally, there) == ["hostage", "mortal_remains"]
    assert [GROUP.done(tally, one) for one in GROUP.obligations] == [3, 90]


def test_each_party_is_told_what_it_released_is_worth_and_what_it_received() -> None:
    assert GROUP.balance(Tally()) == (Balance("HAMAS", 0, 0), Balance("ISR", 0, 0))
    tally = Tally().plus(RELEASED)
    assert GROUP.balance(tally) == (Balance("HAMAS", 90, 90), Balance("ISR", 90, 90))
    assert [one.is_even for one in GROUP.balance(tally)] == [True, True]
    one_sided = swap().balance(Tally().plus((out(3), Transfer("BLR", "UKR", "civilian", 5))))
    assert one_sided == (Balance("UKR", 3, 5), Balance("RUS", 0, 3))
    assert [one.is_even for one in one_sided] == [False, False]


def test_all_are_even_only_where_each_is_known_to_be() -> None:
    even, uneven, open_ = Balance("UKR", 5, 5), Balance("RUS", 5, 6), Balance("ISR", 5, Range(2))
    assert all_even([]) is all_even([even, even]) is True
    assert all_even([even, open_]) is None
    assert all_even([open_, even, uneven]) is False


def test_all_is_exhausted_only_when_each_obligation_is() -> None:
    terms = swap(3, 2)
    for there, here, is_exhausted in [(3, 2, True), (3, 1, False), (2, 2, False), (0, 0, False)]:
        assert terms.are_exhausted_by(Tally().plus((out(there), back(here)))) is is_exhausted


def test_symmetry_weighs_each_person_one_unless_agreed_otherwise() -> None:
    assert [GROUP.symmetry.weight(one) for one in ("hostage", "mortal_remains", "civilian")] == [30, 0, 1]
    with pytest.raises(Malformed, match=r"^weights: hostage stands there twice$"):
        Symmetry(weights=(Weight("civilian", 1), Weight("hostage", 1), Weight("hostage", 2)))


def test_who_claims_is_mistaken_for_a_party_by_code_or_name_of_it_or_of_its_member() -> None:
    for code in ("UKR", "XXXX"):  # no code that a party may have stands for whoever claims
        terms = Terms(title="of one", parties=(Party(code, "Ukraine"),), obligations=())
        assert terms.mistaken_for("Ukr\u0430ine") == "Ukraine"
    told = [GROUP.mistaken_for(name) for name in ("HAMAS", "Islamic Jihad", "TASS", "H\u0430mas", "P1J")]
    assert told == [None, None, None, "Hamas", "PIJ"]
