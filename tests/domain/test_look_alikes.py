"""Parties that a reader cannot tell apart are refused; honest names in any script are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import ClaimRecorded, Malformed, Party, Refused, Terms, decide
from reciprocity.domain.look_alikes import alike
from tests.examples import agreement


def terms(*parties: Party) -> Terms:
    return Terms(title="x", parties=parties, obligations=())


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ukraine", "Ukr\u0430ine"),  # Cyrillic a
        ("Ukraine", "UKRAINE"),
        ("Ukraine", "Ukrai\u200bne"),  # zero width space
        ("Ukraine", "Ukra\u00adine"),  # soft hyphen
        ("Ukraine", "\uff35kraine"),  # full width
        ("Ukraine", "\U0001d414kraine"),  # mathematical bold
        ("Ukraine", "Ukraine\ufe0f"),  # variation selector
        *(("Ukraine", f"Ukraine{chr(n)}") for n in (0xFE00, 0xFE05, 0xE0100, 0xE0120, 0xE01EF)),
        ("AEgina", "\u00c6gina"),
        ("Israel", "lsrael"),
        ("Israel", "1srael"),
        ("IRAN", "\u0406R\u0410N"),  # Cyrillic I and A
        ("Moscow", "Mosc\u03bfw"),  # Greek omicron
        ("Burma", "Burrna"),
        ("First State", "First\u00a0State"),
        ("First State", "First  State"),
        ("Zürich", "Zu\u0308rich"),
        ("O'Neill House", "O\u2019Neill House"),
        ("Россия", "Poccия"),  # whole words of another script
        ("Ukraine", "Ukraine"),
    ],
)
def test_two_names_that_look_alike_are_refused(name: str, other: str) -> None:
    assert alike([(name, "a"), (other, "b")]) == (name, other)
    with pytest.raises(Malformed, match=r"^parties: .* look alike, and are not the same$"):
        terms(Party("AAA", name), Party("BBB", other))
    with pytest.raises(Malformed, match="look alike"):
        terms(Party("AAA", "A group", (Party("AA1", name),)), Party("BBB", other))


@pytest.mark.parametrize(("code", "other"), [("UK0", "UKO"), ("AI", "A1"), ("OO", "O0")])
def test_two_codes_that_look_alike_are_refused(code: str, other: str) -> None:
    with pytest.raises(Malformed, match=f"'{code}' and '{other}' look alike"):
        terms(Party(code, "One"), Party(other, "Two"))


def test_a_name_that_looks_like_the_code_of_another_is_refused() -> None:
    with pytest.raises(Malformed, match="look alike"):
        terms(Party("UKR", "Ukraine"), Party("RUS", "U\u041aR"))


HONEST = [
    "Ukraine",
    "Україна",
    "Russia",
    "Россия",
    "Белорусь",
    "Israel",
    "ישראל",
    "إسرائيل",
    "حماس",
    "Hamas",
    "فلسطين",
    "日本",
    "中国",
    "臺灣",
    "대한민국",
    "조선민주주의인민공화국",
    "भारत",
    "ประเทศไทย",
    "საქართველო",
    "Հայաստան",
    "Azərbaycan",
    "Ελλάδα",
    "Κύπρος",
    "Iran",
    "Iraq",
    "ایران",
    "العراق",
    "Niger",
    "Nigeria",
    "Guinea",
    "Guinea-Bissau",
    "Congo (Brazzaville)",
    "Congo (Kinshasa)",
    "North Korea",
    "South Korea",
    "Türkiye",
    "می‌خواهم",  # with a joiner that Persian needs
]


def test_honest_names_in_any_script_stand_beside_one_another() -> None:
    parties = [
        Party(f"P{'ABCDEFGHJK'[n // 10]}{'ABCDEFGHJK'[n % 10]}", name) for n, name in enumerate(HONEST)
    ]
    assert len(terms(*parties).parties) == len(HONEST)


def test_no_letter_that_is_seen_is_set_aside() -> None:
    assert alike([("Xanadu", "a"), ("anadu", "b")]) is None


def test_a_party_may_be_named_as_its_code_is() -> None:
    assert terms(Party("UKR", "UKR"), Party("RUS", "rus")).codes() == ("UKR", "RUS")


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12))
def test_a_name_looks_like_itself_however_it_is_composed(name: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert alike([(name, "a"), (unicodedata.normalize(form, name), "b")]) is not None


def test_a_claimant_may_be_a_party_but_not_look_like_one() -> None:
    of = terms(Party("UKR", "Ukraine"), Party("RUS", "Russia"))
    assert ClaimRecorded(claimant="UKR", claimed=()).claimant == "UKR"
    assert [of.mistaken_for(name) for name in ("UKR", "Ukraine", "TASS", "Україна")] == [None] * 4
    assert of.mistaken_for("U\u041aR") == "UKR"
    assert of.mistaken_for("Russ\u0456a") == "Russia"


@pytest.mark.parametrize("name", ["U\u041aR", "Russ\u0456a", "ukraine"])
def test_a_claim_by_somebody_who_looks_like_a_party_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(agreement(), ClaimRecorded(claimant=name, claimed=()))
    assert refused.value.rules == ("names_parties_to_the_agreement",)
    assert decide(agreement(), ClaimRecorded(claimant="TASS", claimed=()))
