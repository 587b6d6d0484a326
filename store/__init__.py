"""The register of agreements on record. Only this room knows that there is a database."""

from reciprocity.store.asking import Once
from reciprocity.store.backup import Copied
from reciprocity.store.encryption_keys import Key, key_from_descriptor, key_from_file
from reciprocity.store.errors import (
    Busy,
    CommandTaken,
    Conflict,
    ConnectionLost,
    Differs,
    DurabilityWarning,
    KeyUnusable,
    NeedsKey,
    NoSuchStore,
    NotAllowed,
    NotAStore,
    NotCopied,
    OutOfOrder,
    StoreError,
    Unreadable,
)
from reciprocity.store.follow import Following
from reciprocity.store.log import Log
from reciprocity.store.register import Register
from reciprocity.store.streams import Dated
from reciprocity.store.wire import KINDS, WIRE, Kind, Wire, kind_of, name_of

__all__ = [
    "KINDS",
    "WIRE",
    "Busy",
    "CommandTaken",
    "Conflict",
    "ConnectionLost",
    "Copied",
    "Dated",
    "Differs",
    "DurabilityWarning",
    "Following",
    "Key",
    "KeyUnusable",
    "Kind",
    "Log",
    "NeedsKey",
    "NoSuchStore",
    "NotAStore",
    "NotAllowed",
    "NotCopied",
    "Once",
    "OutOfOrder",
    "Register",
    "StoreError",
    "Unreadable",
    "Wire",
    "key_from_descriptor",
    "key_from_file",
    "kind_of",
    "name_of",
]
