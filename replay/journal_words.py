"""Journal words: what each key and entry of a journal means. The one rule: one key, one meaning.

Editors show these texts while a journal is written; ``docs/journal.md`` says the same at more length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRY_WORDS: Mapping[str, str] = {
    "terms-amended": "The parties changed the terms. Name only what changes; it replaces the old part whole.",
    "phase-announced": "A phase was planned, or planned anew. Nobody was released yet.",
    "phase-postponed": "An announced phase was put off: to another day, or with no day named.",
    "phase-completed": "A phase took place: these transfers, on this day, at this place.",
    "phase-corrected": "The record of a completed phase was wrong: this is the whole of it as now known.",
    "phase-voided": "A phase did not take place: it was called off, or had been recorded in error.",
    "claim-recorded": "Somebody stated numbers: for a phase, or to date. A claim changes no total.",
    "agreement-suspended": "Carrying out stopped for the time being.",
    "agreement-resumed": "Carrying out went on.",
    "agreement-fulfilled": "It was declared fulfilled. Where counting alone shows it, this comes by itself.",
    "agreement-terminated": "The agreement ended short of its total.",
}
"""What each ``[[event]]`` tells, by its name."""

WORDS: Mapping[str, str] = {
    "agreement": "What was agreed: the terms as first signed.",
    "amended_on": "The day on which the parties changed the terms.",
    "by": "The code of the party, or member of one, that released: who held them.",
    "categories": "The categories that count toward this obligation; all, if none is named.",
    "claimant": "Who stated it: a party's code, or the name of a mediator or medium.",
    "completed_on": "The day on which the phase took place; left out if not known.",
    "counts": 'How many of each category: a number, "200..", "33..84", "..500", or "?".',
    "date": "The day on which it was published.",
    "ends_on": "The last day planned.",
    "event": "What happened.",
    "expected_on": "The day on which the phase is to take place; left out if none was named.",
    "facilitators": "Who helped carry it out: gave passage, hosted, transported.",
    "fulfilled_on": "The day on which the agreement was fulfilled.",
    "id": "The agreement's id: lower-case letters and digits in words joined by hyphens.",
    "kept": "When every party must have received the value it released.",
    "manner": "How it ended: broken off by a party, lapsed, or declared complete short of its total.",
    "mediators": "Who brought the parties to agree.",
    "members": "The codes and names of the group's members.",
    "name": "The name of a state or an organisation, never of a private person.",
    "note": "What a reader of this source should know.",
    "notes": "What the rows cannot say: sub-counts, doubts, how a figure was read. One line each.",
    "obligations": "Who is to release how many to whom.",
    "office": "Who spoke for the claimant.",
    "parent": "The id of the agreement that this one carries out or extends.",
    "parties": "The parties, two or more: a name for each code, or a group with members.",
    "phase": "The phase's number: from 1, without gaps, in the order in which phases enter the record.",
    "ClaimRecordedEntry.phase": "The phase that is spoken of; left out if the numbers are to date.",
    "place": "Where it took place; left out if not known.",
    "planned": "What is to be released, as far as it was said.",
    "publisher": "Who published it.",
    "reason": "Why, in one line.",
    "receiving": "The code of the party, or member of one, that is to receive.",
    "recorded_at": "The instant, with its offset, at which the record learned it. Never runs backwards.",
    "series": "true: nobody signed this; it keeps together exchanges that were agreed one by one.",
    "released": "What was released: one row for each direction and standing.",
    "ClaimRecordedEntry.released": "What the claimant says was released.",
    "releasing": "The code of the party, or member of one, that is to release.",
    "resumed_on": "The day on which carrying out went on.",
    "reverses": "What is believed to stand in the record until now. Left out, it is filled in.",
    "signed_at": "The place of the signature or announcement; left out if not known.",
    "signed_on": "The day of the signature or announcement; left out if not known.",
    "sources": "The keys of the sources that say so.",
    "JournalFile.sources": "The sources, each under a short key of its own.",
    "starts_on": "The first day planned.",
    "stated_on": "The day on which it was stated.",
    "suspended_on": "The day on which carrying out stopped.",
    "symmetry": "Whether both sides must have given equal value, and when.",
    "terminated_on": "The day on which it ended.",
    "title": 'A short title, such as "1,000 for 1,000".',
    "to": "The code of the party, or member of one, that received.",
    "total": 'How many in all: a number, "1200..", "990..1650", or "open" (all for all).',
    "ClaimedRow.total": 'How many in all categories together, as claimed; "?" if no figure was given.',
    "url": "Its address, http or https.",
    "voided_on": "The day on which it was known that the phase did not take place.",
    "weights": "What one person of a category is worth in exchange; 1, if not named.",
    "window": "The days in which the agreement was to be carried out.",
    "within_agreement": 'true: counts toward the agreement. false: an extra release. "unclear": not known.',
    "JournalFile.event": "What happened, in the order in which the record learned it.",
}
"""What each key means; ``Table.key`` where a key means something else in one table."""
