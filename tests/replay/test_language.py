"""The reader's language: what is printed for people is in it, and what programs read never changes."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from reciprocity import seeds
from reciprocity.domain import Range
from reciprocity.domain.errors import ExtraMissing
from reciprocity.domain.values import Share, lowest, share
from reciprocity.replay import wording
from reciprocity.replay.cli import main
from reciprocity.replay.language import LANGUAGES, Language, language, say, speaking, spoken
from reciprocity.store import Register
from tests.catalogues import TRANSLATED
from tests.documents import ROOT, fences

FOUNDING = "ua-ru-2025-05-16"
EACH = pytest.mark.parametrize("code", TRANSLATED)
languages = st.sampled_from(LANGUAGES).map(language)
counts = st.integers(0, 10**9) | st.builds(
    lambda least, more: Range(least, None if more is None else least + more),
    st.integers(0, 10**9),
    st.none() | st.integers(1, 10**9),
)


def run(*arguments: str | Path, columns: int = 100, **environment: str) -> Result:
    told = {"COLUMNS": str(columns), "NO_COLOR": "1", **environment}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=told)


# Figures and dates.


def read_number(text: str) -> int:
    """The number; its thousands must stand apart by one sign."""
    assert re.fullmatch(r"-?\d{1,3}(?:([,\u00a0\u202f])\d{3}(?:\1\d{3})*)?", text)
    return int(re.sub(r"[,\u00a0\u202f]", "", text))


@given(languages, st.integers(-(10**40), 10**40))
def test_a_number_is_read_back_as_it_was(of: Language, number: int) -> None:
    assert read_number(of.number(number)) == number
    signed = of.signed(number)
    assert signed[0] == ("-" if number < 0 else "+")
    assert read_number(signed[1:]) == abs(number)


@given(languages, st.integers(0, 1000))
def test_a_part_is_read_back_with_its_tenth(of: Language, tenths: int) -> None:
    digits = re.sub(r"[^\d.,]", "", of.percent(tenths / 10)).replace(",", ".")
    assert digits == f"{tenths / 10:.1f}" == of.tenths(tenths / 10).replace(",", ".")


@given(languages, st.datetimes(min_value=dt.datetime(1000, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_a_day_and_an_instant_are_read_back(of: Language, instant: dt.datetime) -> None:
    form = {"en": "%Y-%m-%d", "fr": "%d/%m/%Y"}.get(of.code, "%d.%m.%Y")
    told = dt.datetime.strptime(of.instant(instant), f"{form} %H:%M").replace(tzinfo=dt.UTC)
    assert told == instant.replace(second=0, microsecond=0)
    assert of.instant(instant).startswith(f"{of.day(instant.date())} ")


@given(counts)
def test_english_says_counts_as_the_domain_does(count: int | Range) -> None:
    assert wording.figure(count) == (str(count) if isinstance(count, Range) else f"{count:,}")


@given(counts, counts)
def test_english_says_parts_as_the_domain_does(part: int | Range, whole: int | Range) -> None:
    if (told := share(part, whole)) is not None:
        assert wording.share(told) == str(told)


@given(languages, counts)
def test_a_count_says_its_bounds_in_every_language(of: Language, count: int | Range) -> None:
    with speaking(of):
        for told in (wording.figure(count), wording.short(count)):
            bounds = [lowest(count)] if lowest(count) else []
            bounds += [count.at_most] if isinstance(count, Range) and count.at_most is not None else []
            assert all(of.number(bound) in told for bound in bounds)
            if count == Range():
                assert told in {"?", of.say("unknown")}


def test_figures_and_dates_are_as_readers_write_them() -> None:
    told = {
        code: (one.number(1000), one.percent(39.0), one.day(dt.date(2025, 5, 4)))
        for code in LANGUAGES
        for one in [language(code)]
    }
    assert told == {
        "en": ("1,000", "39.0 %", "2025-05-04"),
        "fr": ("1\u202f000", "39,0\xa0%", "04/05/2025"),
        "uk": ("1\xa0000", "39,0%", "04.05.2025"),
        "ru": ("1\xa0000", "39,0\xa0%", "04.05.2025"),
    }


# Which language is spoken.


@given(st.text(), st.text())
def test_what_a_record_says_is_never_read_as_a_sentence_with_places(text: str, other: str) -> None:
    assert say("{what} {count}", what=text, count=other) == f"{text} {other}"
    assert say("") == ""


def test_a_language_is_spoken_until_another_is() -> None:
    assert spoken().code == "en"
    with speaking(language("uk")):
        assert say("nothing") == "нічого"
        with speaking(language("fr")):
            assert say("nothing") == "rien"
        assert spoken().code == "uk"
    assert spoken().code == "en"
    with pytest.raises(LookupError, match="no language 'xx'"):
        language("xx")


def test_it_is_chosen_by_the_option_or_else_by_the_variable() -> None:
    in_english = run("status", FOUNDING).stdout
    in_french, in_russian = (run("status", FOUNDING, "--lang", code).stdout for code in ("fr", "ru"))
    assert len({in_english, in_french, in_russian}) == 3
    assert run("status", FOUNDING, RECIPROCITY_LANG="fr").stdout == in_french
    assert run("status", FOUNDING, "--lang", "ru", RECIPROCITY_LANG="fr").stdout == in_russian
    assert run("status", FOUNDING, "--lang", "en", RECIPROCITY_LANG="fr").stdout == in_english
    assert run("status", FOUNDING, RECIPROCITY_LANG="").stdout == in_english
    # Scripts rely on what is printed, whatever the desktop speaks.
    assert (
        run("status", FOUNDING, LANG="fr_FR.UTF-8", LC_ALL="fr_FR.UTF-8", LANGUAGE="fr").stdout == in_english
    )


def test_there_is_no_other_language() -> None:
    for refused in (run("status", FOUNDING, "--lang", "xx"), run("status", FOUNDING, RECIPROCITY_LANG="xx")):
        assert refused.exit_code == 2
        assert "'xx' is not one of 'en', 'fr', 'uk', 'ru'" in refused.stderr


def test_a_command_leaves_the_language_as_it_was() -> None:
    for arguments in (("status", FOUNDING), ("status", "missing"), ("replay", FOUNDING, "--as-of", "never")):
        run(*arguments, "--lang", "uk")
        assert spoken().code == "en"


def test_without_babel_english_is_spoken_and_the_others_say_what_they_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = run("status", FOUNDING).stdout
    language.cache_clear()
    monkeypatch.setitem(sys.modules, "babel", None)
    try:
        assert run("status", FOUNDING).stdout == expected
        with pytest.raises(ExtraMissing):
            language("fr")
        refused = run("status", FOUNDING, "--lang", "fr")
    finally:
        language.cache_clear()
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == 'Error: the language fr needs pip install "reciprocity[languages]"\n'


def test_the_snippet_of_the_document_prints_what_it_says() -> None:
    text = (ROOT / "docs/languages.md").read_text("utf-8")
    [snippet], [expected] = fences(text, "python"), fences(text, "text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet, "languages.md", "exec"), {})  # noqa: S102  # the project's own document
    assert printed.getvalue() == expected


# What is shown.


@given(st.sampled_from(TRANSLATED), st.text(st.characters(categories=["L", "N", "Zs", "P"])))
def test_signs_that_stand_in_for_spaces_are_never_shown(code: str, text: str) -> None:
    with speaking(language(code)):
        told = wording.share(Share(20.0, 40.0))
    on = screen_of(f"{text}\u202f{told}\xa0{text}")
    assert "\U0010fffc" not in on
    assert "\U0010fffd" not in on
    assert "\u202f" in on


def screen_of(text: str) -> str:
    from reciprocity.replay import screen  # noqa: PLC0415

    on = screen.console()
    with on.capture() as captured:
        screen.show(on, text)
    return captured.get()


@EACH
def test_a_category_that_nobody_has_translated_is_shown_as_it_was_recorded(code: str) -> None:
    with speaking(language(code)):
        assert wording.category("crew_member") == "crew member"
        parts = [wording.category(name) for name in ("prisoner_of_war", "civilian")]
        assert wording.category("prisoner_of_war_or_civilian") == say(
            "{one} or {other}", one=parts[0], other=parts[1]
        )
        assert "crew member" in wording.category("crew_member_or_hostage")


@EACH
def test_rules_keep_their_names_and_say_what_they_mean(code: str) -> None:
    broken = Path(str(seeds.path(FOUNDING))).parent / "broken" / "stays_within_the_agreed_total.toml"
    shown = run("check", broken, "--lang", code)
    assert shown.exit_code == 1
    meaning = language(code).say(
        "No obligation is ever exceeded: not overall, and not in the categories of a quota."
    )
    assert f"stays_within_the_agreed_total ({meaning[:-1]})" in shown.stdout


def test_a_message_about_nothing_stored_is_said_in_it(tmp_path: Path) -> None:
    with Register.open(f"sqlite:///{tmp_path / 'empty.db'}", create=True):
        pass
    assert "Aucune différence." in run("diff", tmp_path / "empty.db", "0", "1", "--lang", "fr").stdout
