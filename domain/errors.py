"""Errors, split by whose they are. The one rule: an error names the place and the reason.

`Malformed` is the writer's: a value or a file has not the form it must have. `rules.Refused` is the
asker's: a command would break rules. The store adds its own: see `reciprocity.store.errors`.
"""


class ReciprocityError(Exception):
    """Whatever this library raises on purpose."""


class Malformed(ReciprocityError, ValueError):
    """A value has not the form it must have: a negative count, a code in lower case, a blank title."""


class ExtraMissing(ReciprocityError):
    """What was asked for needs something that is not installed; the message says how to install it."""
