"""Vocabulary: words of the record that have translations. The one rule: what is recorded stays as it is.

Categories, statuses and the names of events and rules are codes; here is how people call them. The
categories are an open vocabulary: one that is not here is shown as it was recorded.
"""

from __future__ import annotations

from reciprocity.replay.language import say, spoken, to_say

# In French, Ukrainian and Russian the terms of the Geneva Conventions and of the ICRC.
_CATEGORIES = (
    to_say("prisoner of war"),
    to_say("civilian"),
    to_say("wounded or sick pow"),
    to_say("hostage"),
    to_say("hostage soldier"),
    to_say("detainee"),
    to_say("mortal remains"),
    to_say("unspecified"),
)
_STATUSES = (
    to_say("unsigned"),
    to_say("in force"),
    to_say("in-force"),
    to_say("suspended"),
    to_say("fulfilled"),
    to_say("terminated"),
)
_PHASE_STATUSES = (
    to_say("announced"),
    to_say("postponed"),
    to_say("completed"),
    to_say("voided"),
)
_LABELS = (to_say("confirmed"), to_say("disputed"), to_say("one-sided"), to_say("unknown"))
_EVENTS = (
    to_say("agreement-signed"),
    to_say("terms-amended"),
    to_say("phase-announced"),
    to_say("phase-postponed"),
    to_say("phase-completed"),
    to_say("phase-corrected"),
    to_say("phase-voided"),
    to_say("claim-recorded"),
    to_say("agreement-suspended"),
    to_say("agreement-resumed"),
    to_say("agreement-fulfilled"),
    to_say("agreement-terminated"),
)

RULES = {
    "follows_the_life_cycle": to_say("What happens to an agreement is possible where it stands."),
    "follows_the_life_cycle_of_the_phase": to_say("What happens to a phase is possible where it stands."),
    "numbers_phases_in_order": to_say(
        "Phases are numbered from 1 without gaps, in the order in which they enter the record."
    ),
    "is_agreed_between_two_or_more_parties": to_say(
        "An agreement has two parties or more, and something to be done."
    ),
    "names_parties_to_the_agreement": to_say(
        "Who owes, releases and receives within an agreement is a party to it, or a member of one; in an "
        "extra release or a claim, one of the two is. A claimant is a party, or does not look like one."
    ),
    "serves_an_agreed_obligation": to_say("What is released within the agreement is owed under it."),
    "stays_within_the_agreed_total": to_say(
        "No obligation is ever exceeded: not overall, and not in the categories of a quota."
    ),
    "keeps_the_agreed_symmetry": to_say(
        "Each party receives the value that it releases: in each phase, or when all is fulfilled, as agreed."
    ),
    "is_fulfilled_when_every_obligation_is_met": to_say(
        "An agreement is fulfilled when nothing that was owed remains."
    ),
    "happens_after_the_signature": to_say(
        "Nothing is carried out, amended or ended before the day of signature."
    ),
    "reverses_what_is_on_record": to_say(
        "A correction or a voiding takes out what stood in the record: that, and nothing else."
    ),
}
"""What each rule says, by its name, in short; `docs/rules.md` has it whole."""


def status(name: str) -> str:
    """Where an agreement stands, for people: ``in force``."""
    return say(name.replace("-", " "))


def event(name: str) -> str:
    """The name of an event for people, by the one that it is stored under; in English that name itself."""
    return say(name)


def rule(name: str) -> str:
    """The name of a rule; and what the rule says, for who does not read English.

    >>> rule("keeps_the_agreed_symmetry")
    'keeps_the_agreed_symmetry'
    """
    if spoken().code == "en" or name not in RULES:
        return name
    return f"{name} ({say(RULES[name]).rstrip('.')})"
