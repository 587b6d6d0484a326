"""The register of agreements on record. Only this room knows that there is a database."""

from reciprocity.store.errors import Conflict, NotAStore, OutOfOrder, StoreError, Unreadable
from reciprocity.store.register import Dated, Register
from reciprocity.store.wire import KINDS, WIRE, Kind, Wire, name_of

__all__ = [
    "KINDS",
    "WIRE",
    "Conflict",
    "Dated",
    "Kind",
    "NotAStore",
    "OutOfOrder",
    "Register",
    "StoreError",
    "Unreadable",
    "Wire",
    "name_of",
]
