"""The testing kit, for those who build on reciprocity. The one rule: nothing of the product leans on it.

Strategies make histories up, lawful (`histories`, `recordings`, `logs`) and not (`unlawful_histories`);
`ProjectionLaws` proves a projection; `given` and `given_on_record` tell what a command does; `plugin` gives
pytest registers to record into. See ``docs/testing.md``.

It needs ``pip install "reciprocity[testing]"``. What is named here is imported when it is first used: pytest
loads this package with every project that has it installed, and is to be slowed by none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reciprocity.testing.breaches import Unlawful, unlawful_histories
    from reciprocity.testing.lawful import History, histories
    from reciprocity.testing.laws import ProjectionLaws
    from reciprocity.testing.plans import lawful_terms
    from reciprocity.testing.recorded import logs, recordings
    from reciprocity.testing.renaming import renamed
    from reciprocity.testing.scenarios import given, given_on_record
    from reciprocity.testing.strategies import any_event, any_terms, claims, counts, manifests, sources

__all__ = [
    "History",
    "ProjectionLaws",
    "Unlawful",
    "any_event",
    "any_terms",
    "claims",
    "counts",
    "given",
    "given_on_record",
    "histories",
    "lawful_terms",
    "logs",
    "manifests",
    "recordings",
    "renamed",
    "sources",
    "unlawful_histories",
]

_HOMES = {
    "breaches": ("Unlawful", "unlawful_histories"),
    "lawful": ("History", "histories"),
    "laws": ("ProjectionLaws",),
    "plans": ("lawful_terms",),
    "recorded": ("logs", "recordings"),
    "renaming": ("renamed",),
    "scenarios": ("given", "given_on_record"),
    "strategies": ("any_event", "any_terms", "claims", "counts", "manifests", "sources"),
}


def __getattr__(name: str) -> Any:
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{home}"), name)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError(f'{error}: the testing kit needs pip install "reciprocity[testing]"') from error
