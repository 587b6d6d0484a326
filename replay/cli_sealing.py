"""Commands about what others can check: seal, prove, verify. The one rule: a store is only read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reciprocity.replay import completing, json_lines, keys, leaf_lists, proving, sealing, verifying
from reciprocity.replay.findings import DAMAGE, Found, plain
from reciprocity.replay.giving_out import write_file
from reciprocity.replay.language import say, say_many, spoken
from reciprocity.replay.opening import opened_store
from reciprocity.replay.options import as_json
from reciprocity.replay.verify_alone import Consistency, Inclusion
from reciprocity.replay.visible import echo
from reciprocity.store.wire import is_encrypted

if TYPE_CHECKING:
    from reciprocity.store import Register

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_DAMAGED = 3


@click.command()
@click.argument("store", required=False, shell_complete=completing.stores)
@click.option("--origin", help="The log's name in the checkpoint; of its first event, if not given.")
@click.option("--key", type=_THERE, help="Sign with the private key in this file.")
@click.option(
    "--leaves", type=_FILE, help="Also write the list of all leaves: it names what is touched later."
)
@click.option("-o", "--output", type=_FILE, help="Write to this file; without it, to the standard output.")
@click.option("--force", is_flag=True, help="Overwrite what -o and --leaves name.")
@click.option("--new-key", type=_FILE, help="Make a private key in this file, and print its public key.")
@click.option("--name", help="The name of a new key: whose signature it is, without blanks.")
def seal(
    store: str | None,
    *,
    origin: str | None,
    key: Path | None,
    leaves: Path | None,
    output: Path | None,
    force: bool,
    new_key: Path | None,
    name: str | None,
) -> None:
    """Seal a store: print a checkpoint of all that it holds now, for others to keep.

    Whoever has it can tell later whether anything that was sealed has been changed, with "reciprocity
    verify". It says nothing of what the record holds but the number of its events.

    \b
    Examples:
      reciprocity seal --new-key office.key --name office.example
      reciprocity seal exchange.db --key office.key -o friday.checkpoint
      reciprocity seal exchange.db --leaves friday.leaves -o friday.checkpoint
    """
    if new_key is not None:
        if store is not None or name is None:
            raise click.UsageError("--new-key makes a key, with --name, and seals nothing")
        made = keys.PrivateKey.new(name)
        keys.write_private(new_key, made)
        click.echo(keys.public_text(made.public()))
        return
    if store is None:
        raise click.UsageError("name a STORE to seal")
    signer = keys.read_private(key) if key else None
    with opened_store(store) as register:
        sealed = sealing.sealed(register)
        name_of_log = origin or sealing.default_origin(sealing.recorder_of(register))
        text = sealing.checkpoint_text(sealed, name_of_log, dt.datetime.now(dt.UTC), signer)
        if leaves is not None:
            recorder = sealing.recorder_of(register)
            write_file(leaves, lambda file: leaf_lists.write(recorder, sealed.size, file), force=force)
    _give(text, output, force=force)


@click.command()
@click.argument("store", shell_complete=completing.stores)
@click.option("--checkpoint", "checkpoints", type=_THERE, multiple=True, required=True, help="One or two.")
@click.option(
    "--event", help="AGREEMENT/VERSION: prove that this event was in the record when it was sealed."
)
@click.option("--position", type=click.IntRange(min=1), help="The same, by its position in the log.")
@click.option("-o", "--output", type=_FILE, help="Write to this file; without it, to the standard output.")
@click.option("--force", is_flag=True, help="Overwrite what -o names.")
def prove(
    store: str,
    *,
    checkpoints: tuple[Path, ...],
    event: str | None,
    position: int | None,
    output: Path | None,
    force: bool,
) -> None:
    """Prove that an event was in the record at a seal; or, of two seals, that the record was only added to.

    A proof is a small file for someone who has the checkpoint and not the record. The proof of an event
    shows the event, and nothing else that is in the record.

    \b
    Examples:
      reciprocity prove exchange.db --event ua-ru-2025-05-16/2 --checkpoint friday.checkpoint -o phase-1.proof
      reciprocity prove exchange.db --checkpoint friday.checkpoint --checkpoint monday.checkpoint
    """
    sealed = [sealing.read_checkpoint(path) for path in checkpoints]
    with opened_store(store) as register:
        if event is None and position is None:
            if len(sealed) != 2:
                raise click.UsageError(
                    "name an event, or two checkpoints to prove that one continues the other"
                )
            text = proving.consistency_text(register, *sealed)
        else:
            if len(sealed) != 1 or None not in {event, position}:
                raise click.UsageError("an event is proved by --event or --position, for one checkpoint")
            place = position or _position(register, event or "")
            text = proving.inclusion_text(register, place, sealed[0])
    _give(text, output, force=force)


@click.command()
@click.argument("store", required=False, shell_complete=completing.stores)
@click.option("--checkpoint", "checkpoints", type=_THERE, multiple=True, help="What the store was sealed as.")
@click.option("--leaves", type=_THERE, multiple=True, help="The list of a checkpoint's leaves.")
@click.option("--proof", "proofs", type=_THERE, multiple=True, help='What "reciprocity prove" made.')
@click.option(
    "--public-key", multiple=True, help="Every checkpoint must be signed by this key: text or file."
)
@as_json
def verify(
    store: str | None,
    *,
    checkpoints: tuple[Path, ...],
    leaves: tuple[Path, ...],
    proofs: tuple[Path, ...],
    public_key: tuple[str, ...],
    as_json: bool,
) -> None:
    """Verify a store, by itself and against checkpoints that were kept elsewhere; or verify proofs.

    All that is wrong is reported: what cannot be read, what is missing, which rules are broken, and what is
    not as it was sealed. Exits with 1 if anything is, and with 3 if the store cannot be read as a whole.

    \b
    Examples:
      reciprocity verify exchange.db
      reciprocity verify exchange.db --checkpoint friday.checkpoint --leaves friday.leaves
      reciprocity verify --proof phase-1.proof --checkpoint friday.checkpoint --public-key office.pub
    """
    if store is None and not proofs:
        raise click.UsageError("name a STORE, or a --proof")
    if proofs and not checkpoints:
        raise click.UsageError("a proof is verified against a --checkpoint")
    trusted = [keys.read_public(text) for text in public_key]
    sealed = {str(path): sealing.read_checkpoint(path) for path in checkpoints}
    lists = {str(path): leaf_lists.read(path) for path in leaves}
    shown = {str(path): proving.read_proof(path) for path in proofs}

    found = list(verifying.check_signatures(sealed, trusted))
    said: list[str] = []
    for name, proof in shown.items():
        wrong = list(verifying.check_proof(name, proof, sealed))
        found += wrong
        said += [] if wrong else [_proved(name, proof)]
    answer: dict[str, Any] = {}
    if store is not None:
        with opened_store(store) as register:
            report = verifying.verify(register, sealed, lists)
        found += report.found
        answer = {"store": store, "events": report.size, "root": keys.base64_text(report.root)}
        said += report.holds or ([] if sealed else [say(verifying.UNSEALED)])
    if sealed and not trusted:
        said.append(say("Signatures were not checked: no --public-key was given."))
    _show(answer, found, said, as_json=as_json)
    if found:
        raise click.exceptions.Exit(_DAMAGED if any(one.kind in DAMAGE for one in found) else 1)


def _show(answer: dict[str, Any], found: list[Found], said: list[str], *, as_json: bool) -> None:
    for one in found:
        echo(json_lines.line(json_lines.found(one)) if as_json else one.said())
    if as_json:
        click.echo(json_lines.line({**answer, "findings": len(found), "notes": said}))
        return
    if answer:
        events = say_many(
            "{store}: {n} event", "{store}: {n} events", answer["events"], store=answer["store"]
        )
        findings = say_many("{n} finding", "{n} findings", len(found))
        echo(f"{events}, {findings}")
    for sentence in said:
        echo(plain(sentence))


def _proved(name: str, proof: Inclusion | Consistency) -> str:
    if isinstance(proof, Consistency):
        return say_many(
            "{proof}: the log of {n} events begins with that of {old}, unchanged",
            "{proof}: the log of {n} events begins with that of {old}, unchanged",
            proof.new,
            proof=name,
            old=spoken().number(proof.old),
        )
    position, agreement, version, topic, state = proof.row
    encrypted = is_encrypted(state)
    return say_many(
        "{proof}: in the log when {n} events were sealed: position {position}, {agreement} version "
        "{version}, {event}: {said}",
        "{proof}: in the log when {n} events were sealed: position {position}, {agreement} version "
        "{version}, {event}: {said}",
        proof.size,
        proof=name,
        position=str(position),
        agreement=agreement,
        version=str(version),
        event=topic,
        said=say_many("{n} encrypted bytes", "{n} encrypted bytes", len(state))
        if encrypted
        else state.decode(),
    )


def _position(register: Register, event: str) -> int:
    agreement, _, version = event.rpartition("/")
    if not (agreement and version.isascii() and version.isdecimal()):
        raise click.UsageError(f"{event!r} is not AGREEMENT/VERSION")
    number = int(version)
    rows = sealing.recorder_of(register).select_history(agreement, after=number - 1, up_to=number)
    if not rows:
        raise sealing.NothingToSeal(f"{agreement} has no version {number}")
    return rows[0][0]


def _give(text: str, output: Path | None, *, force: bool) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, lambda file: file.writelines([text.encode()]), force=force)
