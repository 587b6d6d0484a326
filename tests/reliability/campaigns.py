"""The campaigns, in the order of the scorecard. The one rule: each stands in docs/reliability.md, too."""

from __future__ import annotations

from tests.reliability import concurrent, damage, io_errors, killed, memory, power, server, tampered
from tests.reliability.scorecard import Campaign

CAMPAIGNS = (
    Campaign("kill-commands", "kill -9 of {size} processes that give commands", killed.commands, 200, 6),
    Campaign("kill-import", "kill -9 of {size} imports", killed.imports, 200, 3),
    Campaign("kill-rebuild", "kill -9 of {size} rebuilds of a view", killed.rebuilds, 200, 5),
    Campaign("io-once", "the Nth I/O call fails; {size} commands", io_errors.once, 12, 1),
    Campaign("io-lasting", "all I/O fails from the Nth call on; {size} commands", io_errors.lasting, 12, 1),
    Campaign("disk-full", "no room from the Nth write on; {size} commands", io_errors.disk_full, 12, 1),
    Campaign(
        "power-loss", "power loss after each write and sync of {size} commands", power.power_loss, 40, 3
    ),
    Campaign(
        "control-synchronous-off",
        "the same, {size} commands, with synchronous=OFF",
        power.without_synchronous,
        10,
        1,
        is_control=True,
    ),
    Campaign(
        "control-lying-disk",
        "the same, {size} commands, where a sync does nothing",
        power.on_a_lying_disk,
        10,
        1,
        is_control=True,
    ),
    Campaign(
        "memory-calls", "SQLite's allocator fails at every {size}th call", memory.failing_allocator, 10, 900
    ),
    Campaign("memory-bytes", "a limit for SQLite, in steps of {size} KiB", memory.heap_limit, 2, 96),
    Campaign(
        "memory-process", "a limit for the process, in steps of {size} KiB", memory.address_space, 16, 512
    ),
    Campaign("truncation", "a file cut at every {size} times 512 bytes", damage.truncation, 1, 8),
    Campaign("bit-flips", "one bit turned over, in {size} copies", damage.bit_flips, 3_000, 40),
    Campaign("two-writers", "2 processes on one agreement of {size}", concurrent.two_writers, 300, 0),
    Campaign("eight-writers", "8 processes on one agreement of {size}", concurrent.eight_writers, 300, 0),
    Campaign("two-projectors", "2 keep one view, {size} commands", concurrent.two_projectors, 300, 8),
    Campaign(
        "tailing", "a reader behind 12 writers, {size} each, PostgreSQL", concurrent.tailing_reader, 100, 0
    ),
    Campaign("server-killed", "PostgreSQL killed {size} times under load", server.killed_under_load, 30, 0),
    Campaign(
        "tampering",
        "every kind of tampering at every position of {size} events",
        tampered.tampering,
        1_000,
        6,
    ),
    Campaign("honest-stores", "{size} honest stores are verified", tampered.honest_stores, 1_000, 10),
    Campaign("forged-proofs", "{size} forged proofs", tampered.forged_proofs, 100_000, 500),
)
"""One of *short* size 0 is for ``make campaign`` only: ``make test`` has a smaller test, in tests/store."""
