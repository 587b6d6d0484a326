"""The report as a file: what it holds at every stop, and what no record can make of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import ClaimRecorded, Recorded
from reciprocity.projections import Claims, Cumulative, Timeline, ask, at, diff, fold_log
from reciprocity.replay import cli_report, report, wording
from reciprocity.replay.cli import main
from reciprocity.replay.opening import opened
from reciprocity.replay.report import stops
from reciprocity.seeds import names
from reciprocity.testing.recorded import recordings
from reciprocity.testing.strategies import any_event
from tests.envelopes import enveloped
from tests.replay.hostile_files import SIGNED
from tests.replay.report_page import ReportPage, allowed, plain

FEW = settings(max_examples=max(1, settings().max_examples // 5))
FOUNDING = "ua-ru-2025-05-16"

MARK = "zyxw"  # stands in every hostile text, and in nothing of ours
HOSTILE = st.sampled_from(
    [
        f"<script>{MARK}()</script>",
        f"</template></table><img src=x onerror={MARK}()>",
        f"</script><script>{MARK}()//",
        f'" onmouseover="{MARK}()" x=\'',
        f"{{{{ {MARK} }}}} {{% {MARK} %}} {{0}} {{number}} %s",
        f"<!-- {MARK} --> ]]> <![CDATA[ &lt;b&gt; &#60;",
        f"</style><style>*{{x:{MARK}}}",
        f"</bdi></bdi> {MARK} صفقة עסקה \u200f".strip("\u200f "),
        f"{{day}} $& $` {MARK}",
        f"\u0338{MARK} ﷽ " + "⃝" * 40,
    ]
)


def page_of(history: Sequence[Recorded], agreement_id: str = "told") -> str:
    return report.page({agreement_id: history}, source="told", sealed=report.Journal("0" * 64))


def seed(name: str) -> list[Recorded]:
    with opened(name) as register:
        return list(register.history(name))


@pytest.fixture(scope="module")
def founding() -> ReportPage:
    return ReportPage.read(page_of(seed(FOUNDING), FOUNDING))


def test_on_24_may_a_reader_reads_697_of_1000_each_way_with_who_said_so(founding: ReportPage) -> None:
    day, last = founding.answers["days"].index("2025-05-24"), len(founding.answers["instants"]) - 1
    there, back = founding.texts("cards", day, last)
    assert there.startswith("Russian Federation → Ukraine 697 of 1,000 Remaining: 303")
    assert back.startswith("Ukraine → Russian Federation 697 of 1,000 Remaining: 303")
    assert "Ukraine (President): 697 to date LIGA.net, 2025-05-24" in there
    assert "Russian Federation (Ministry of Defence): phases 1–2" in back
    assert "President" not in back


def test_what_was_known_is_not_what_had_happened(founding: ReportPage) -> None:
    known = [plain(one) for one in founding.answers["instants"]].index("2025-05-23 18:00 UTC")
    [there, _] = founding.texts("cards", len(founding.answers["days"]) - 1, known)
    assert "390 of 1,000" in there


@FEW
@given(recordings(longest=8))
def test_at_every_stop_the_page_says_what_the_projections_answer(log: tuple[Recorded, ...]) -> None:
    page = ReportPage.read(page_of(log))
    found, [replayed] = stops.replayed([log])
    for i, day in enumerate(found.days):
        for k, instant in enumerate(found.instants):
            history = list(at(log, as_of=day, known_at=instant))
            totals = fold_log(Cumulative(), history).get("told")
            cards = page.texts("cards", i, k)
            if totals is not None:
                assert len(cards) == len(totals.terms.obligations or totals.directions())
                for card, owed in zip(cards, totals.terms.obligations, strict=False):
                    exchanged = wording.figure(totals.over(owed.direction, owed.categories))
                    assert f" {exchanged} of {wording.total(owed.total)} " in card
            rows = ask(Timeline(), history)
            phases = page.texts("phases", i, k)
            assert [one.split()[0] for one in phases[: len(rows)]] == [f"{row.phase:,}" for row in rows]
            cells = ask(Claims(), history)
            claims = page.texts("claims", i, k)
            assert len(claims) == len(cells)
            for row, cell in zip(claims, cells, strict=True):
                assert f" {wording.figure(cell.recorded)} " in row
                assert cell.label.value in row
            assert len(page.texts("events", i, k)) == len(history)
    assert len(replayed.grid.histories) == page.answers["agreements"][0]["nothing"]


@FEW
@given(recordings(longest=8), st.data())
def test_any_two_stops_differ_as_diff_says(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    page = ReportPage.read(page_of(log))
    found, _ = stops.replayed([log])
    one, other = (
        (
            data.draw(st.sampled_from(range(len(found.days)))),
            data.draw(st.sampled_from(range(len(found.instants)))),
        )
        for _ in range(2)
    )
    before, after = (list(at(log, as_of=found.days[i], known_at=found.instants[k])) for i, k in (one, other))
    was, now = page.figures(*one), page.figures(*other)
    values = [plain(text) for text in page.pieces["0-values"]]
    differing = sorted(n for n in was.keys() | now.keys() if was.get(n) != now.get(n))
    told = sorted(
        (_said(change.figure.measure, change.before), _said(change.figure.measure, change.after))
        for change in diff(before, after)
        if _said(change.figure.measure, change.before) != _said(change.figure.measure, change.after)
    )
    shown = sorted(tuple(values[of[n]] if n in of else "" for of in (was, now)) for n in differing)
    assert shown == told


def _said(measure: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("-", " ")
    return wording.figure(value) if measure == "exchanged" else wording.total(value)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def known() -> tuple[set[str], set[str]]:
    """The elements and attributes in pages of records that are not hostile."""
    pages = [ReportPage.read(page_of(seed(name), name)) for name in names() if name != "ua-ru-exchanges"]
    elements = [one for page in pages for one in page.elements]
    return {tag for tag, _ in elements}, {name for _, given in elements for name in given}


@settings(max_examples=max(1, settings().max_examples * 3 // 5))
@given(events=st.lists(any_event(texts=HOSTILE), min_size=1, max_size=6))
def test_no_text_of_a_record_becomes_markup(events: list[object], known: tuple[set[str], set[str]]) -> None:
    text = page_of(enveloped(events))  # type: ignore[arg-type]  # events
    page = ReportPage.read(text)
    for tag, given_attributes in page.elements:
        assert tag in known[0]
        assert given_attributes.keys() <= known[1]
        assert MARK not in str(given_attributes)
    for part in page.answers["agreements"][0]["parts"]:
        pieces = page.pieces[f"0-{part['name']}"]
        assert {n for numbers in part["lists"] for n in numbers[1:]} <= set(range(len(pieces)))
    assert MARK not in str(page.answers)
    assert MARK not in page.script + page.style


def test_every_text_of_a_record_stands_alone_whatever_its_direction() -> None:
    text = page_of(seed("il-hamas-2025-01"), "il-hamas-2025-01")
    for name in ("Israel", "Ceasefire of January 2025, first stage", "Qatar"):
        assert (
            len(re.findall(re.escape(name), text))
            >= len(re.findall(f"<bdi>{re.escape(name)}</bdi>", text))
            > 0
        )


def test_the_page_allows_itself_its_own_style_and_script_and_nothing_else(founding: ReportPage) -> None:
    assert founding.policy() == {
        "default-src": "'none'",
        "style-src": allowed(founding.style),
        "script-src": allowed(founding.script),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    for _, given_attributes in founding.elements:
        assert not {"style", "src", "srcset", "ping"} & given_attributes.keys()
        assert not [name for name in given_attributes if name.startswith("on")]


def test_sources_are_links_that_tell_nobody_who_follows_them(founding: ReportPage) -> None:
    links = [of for tag, of in founding.elements if tag == "a" and of["href"] != f"#{FOUNDING}"]
    assert {str(of["href"]) for of in links} >= {
        source.url for one in seed(FOUNDING) for source in one.event.sources
    }
    for of in links:
        assert str(of["href"]).startswith(("https://", "http://"))
        assert str(of["rel"]).split() == ["noreferrer", "noopener", "external"]


def test_the_same_record_makes_the_same_bytes() -> None:
    assert page_of(seed(FOUNDING)) == page_of(seed(FOUNDING))


def test_a_long_record_is_thinned_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "MOST_STOPS", 6)
    [signed] = enveloped([seed(FOUNDING)[0].event], "long")
    first = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    instants = [first + dt.timedelta(days=days) for days in range(16)]
    log = [attrs.evolve(signed, recorded_at=first)]
    for version, instant in enumerate(instants[1:], start=2):
        said = ClaimRecorded(claimant="UKR", stated_on=instant.date(), claimed=[])
        log.append(Recorded("long", version, instant, f"c-{version}", said, version))
    found, [_] = stops.replayed([log])
    assert found.thinned
    assert len(found.days) <= stops.MOST_STOPS
    assert (found.days[0], found.days[-1]) == (dt.date(2025, 5, 16), log[-1].recorded_at.date())
    assert "evenly chosen" in page_of(log, "long")


# The command


def run(*words: str) -> Result:
    result = CliRunner().invoke(main, ["report", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recorded(*seeds: str) -> None:
    result = CliRunner().invoke(main, ["record", *seeds, "--store", "exchange.db"])
    assert result.exit_code == 0, result.output


def test_a_store_gives_its_root_and_how_to_verify_it() -> None:
    recorded(FOUNDING, "ua-ru-2026-02-geneva")
    assert run("exchange.db", "-o", "all.html").exit_code == 0
    page = Path("all.html").read_text("utf-8")
    assert "reciprocity verify STORE --checkpoint CHECKPOINT" in page
    assert "<dd>24</dd>" in page
    assert str(Path.cwd()) not in page
    assert run("exchange.db", FOUNDING, "-o", "one.html").exit_code == 0
    assert f"reciprocity report STORE {FOUNDING} -o" in Path("one.html").read_text("utf-8")


def test_a_seal_is_shown_and_a_record_that_is_not_as_sealed_is_told() -> None:
    recorded(FOUNDING)
    CliRunner().invoke(main, ["seal", "exchange.db", "-o", "friday.checkpoint"])
    assert run("exchange.db", "-o", "sealed.html", "--checkpoint", "friday.checkpoint").exit_code == 0
    text = Path("sealed.html").read_text("utf-8")
    root = Path("friday.checkpoint").read_text("utf-8").splitlines()[2]
    assert text.count(root.replace("+", "&#43;")) + text.count(root) >= 2
    assert "not as sealed" not in text
    Path("exchange.db").unlink()
    recorded(FOUNDING)  # under other ids of commands
    result = run("exchange.db", "-o", "other.html", "--checkpoint", "friday.checkpoint")
    assert result.exit_code == 1
    assert "not as sealed" in result.output
    assert "not as sealed" in Path("other.html").read_text("utf-8")
    assert result.output.startswith("seal: friday.checkpoint: the log is not as sealed")
    assert "<bdi>seal: friday.checkpoint: the log is not as sealed" in Path("other.html").read_text("utf-8")


def test_two_points_to_compare_are_where_the_page_opens() -> None:
    assert run(FOUNDING, "-o", "r.html", "--diff", "2025-05-23", "2025-05-24T18:00:00Z").exit_code == 0
    answers = ReportPage.read(Path("r.html").read_text("utf-8")).answers
    assert answers["days"][answers["mark"][0]] == "2025-05-23"
    assert answers["instants"][answers["start"][1]] == "2025-05-24 18:00 UTC"
    assert answers["start"][0] == len(answers["days"]) - 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([FOUNDING], 2, "'-o' / '--output'"),
        ([FOUNDING, "nobody", "-o", "r.html"], 2, "no agreement nobody"),
        (["none", "-o", "r.html"], 2, "no such journal"),
        ([FOUNDING, "-o", "r.html", "--diff", "2025-05-23", "12"], 2, "12: no date or instant"),
        ([FOUNDING, "-o", "r.html", "--checkpoint", "c"], 2, "does not exist"),
        ([FOUNDING, "-o", "none/r.html"], 2, "No such file"),
    ],
)
def test_what_cannot_be_reported_is_refused(words: list[str], code: int, said: str) -> None:
    result = run(*words)
    assert (result.exit_code, list(Path().glob("**/*.html"))) == (code, [])
    assert said in result.output


def test_a_journal_has_no_seal() -> None:
    Path("c").write_text("anything", "utf-8")
    assert "record it into a store" in run(FOUNDING, "-o", "r.html", "--checkpoint", "c").output


def test_a_file_that_is_there_stays() -> None:
    Path("r.html").write_text("mine", "utf-8")
    assert run(FOUNDING, "-o", "r.html").exit_code == 1
    assert Path("r.html").read_text("utf-8") == "mine"
    assert run(FOUNDING, "-o", "r.html", "--force").exit_code == 0


def test_a_record_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_report, "MOST_EVENTS", 13)
    result = run(FOUNDING, "-o", "r.html")
    assert result.exit_code == 1
    assert "more than 13 events" in result.output


def test_an_agreement_of_which_only_the_signing_is_known() -> None:
    Path("swap.toml").write_text(SIGNED, "utf-8")
    assert run("swap.toml", "-o", "r.html").exit_code == 0
    page = ReportPage.read(Path("r.html").read_text("utf-8"))
    assert page.texts("cards", 0, 0)[0].startswith("First → Second 0 of 10")
