"""What `doctor` looks at outside: secrets, connections, the provider's clock, and every switch's state."""

from __future__ import annotations

import asyncio
import hmac
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from console import kinds, secrets
from console.cadences.feed import SKEW_STOP_S, SKEW_WARN_S
from console.clock import Clock, epoch, from_epoch, rfc3339
from console.config import Config, SourceSettings, SwitchSettings
from console.errors import ConsoleError
from console.http import BoundedClient, HttpFailure
from console.operations import checkup_push, checkup_tells
from console.operations.checkup import Check, Health, failed, guarded
from console.providers import capabilities_of
from console.providers.source import PROMPT_S, Failure, SourceError
from console.reference import parse_reference
from console.switches.switch import SwitchError, SwitchUnreachable
from console.watch import wiring
from console.watch.places import PlaceChanged
from console.watch.planning import Wired, wired
from console.watch.switchboard import Board
from console.wording import counted
from store import leases, registry
from store.database import Database

_CREDENTIAL = (Failure.UNAUTHORISED, Failure.FORBIDDEN)


async def of_sources(config: Config, clock: Clock, command: str, database: Database | None) -> list[Check]:
    """Each source's secrets, connection and clock."""
    if not config.sources:
        return [Check("sources", Health.FAILED, "none is configured: write a [[sources]] table.")]
    groups = await asyncio.gather(*(_of_source(config, clock, settings, command, database)
                                    for settings in config.sources))
    return [check for group in groups for check in group]


async def of_switches(config: Config, clock: Clock, database: Database) -> list[Check]:
    """The state of every target that the MBOM names, as its provider shows it now."""
    checks = [await guarded(f"switch {settings.name}: secret", partial(_secret, config, settings.secret, "its secret"))
              for settings in config.switches if settings.secret]
    checks += [check for settings in config.switches
               if (check := await guarded(f"switch {settings.name}", partial(_look, config, settings))).said]
    board = Board(config, clock, database)
    try:
        with database.read() as tx:
            targets = [(row.slug, line) for row in registry.workloads(tx) if row.status == "live"
                       for line in wired(row.entry)]
        checks += checkup_tells.of_switching(config, (line for _, line in targets))
        looks = (guarded(f"switch of {slug}", partial(_state, board, slug, line)) for slug, line in targets)
        return checks + list(await asyncio.gather(*looks))
    finally:
        await board.close()


def refreshed(reference: str, base: Path, command: str) -> str | None:
    """The command that puts a new secret where a reference points; None where only its keeper knows."""
    place = parse_reference(reference)
    if place.scheme == "keyring":
        return f"{command} secret set {place.name}"
    if place.scheme == "env":
        return f"read -rs {place.name} && export {place.name}"
    if place.scheme == "file":
        return f"install -m 600 /dev/stdin {shlex.quote(str(base / Path(place.name).expanduser()))}"
    return None


async def _of_source(config: Config, clock: Clock, settings: SourceSettings, command: str,
                     database: Database | None) -> list[Check]:
    name = f"source {settings.name}"
    checks = [checkup_tells.of_kind(settings), *checkup_tells.of_permissions(settings)]
    if capabilities_of(settings.kind).push:
        return [*checks, *await checkup_push.of_push(config, settings, await _leader(database, clock))]
    reading = await guarded(f"{name}: secret", partial(_secret, config, settings.secret, "reads usage"))
    killing = await _kill_secret(config, settings, name)
    checks += [reading, killing]
    counting = settings.options.get("count_secret")
    if isinstance(counting, str):
        checks.append(await guarded(f"{name}: count secret",
                                    partial(_secret, config, counting, "counts the tokens of prompts")))
    for called, found, asked in (("connection", reading, settings),
                                 ("kill connection", killing, kinds.source(settings.kind).as_killer(settings))):
        if found.health is Health.OK and (called == "connection" or asked != settings):
            look = partial(_connection, config, asked, clock, command, database)
            checks.append(await guarded(f"{name}: {called}", look))
    connected = any(check.name == f"{name}: connection" and check.health is Health.OK for check in checks)
    if connected and kinds.source(settings.kind).charge(settings) is None:
        checks.append(await guarded(f"{name}: usage", partial(_usage, config, settings, clock, command, database)))
    if (settings.base_url or kinds.source(settings.kind).base_url) is not None:
        checks.append(await guarded(f"{name}: clock", partial(_clock, settings, clock)))
    if database is not None:
        checks.append(await asyncio.to_thread(checkup_tells.of_data, settings, database, clock))
    return checks


async def _kill_secret(config: Config, settings: SourceSettings, name: str) -> Check:
    if settings.one_secret_for_both:
        return Check(f"{name}: kill secret", Health.WARNING, "the secret that reads usage also turns keys off. "
                     "Write a kill_secret of its own for this source.")
    found = await guarded(f"{name}: kill secret", partial(_secret, config, settings.kill_reference, "turns keys off"))
    if found.health is Health.OK and await asyncio.to_thread(_hold_the_same, config, settings):
        kill, read = parse_reference(str(settings.kill_reference)), parse_reference(str(settings.secret))
        return Check(found.name, Health.WARNING, f"{kill} holds the very secret that {read} does: whoever reads usage "
                     "may also turn keys off. Put a secret of its own there.")
    return found


def _hold_the_same(config: Config, settings: SourceSettings) -> bool:
    """Whether two references lead to one secret; of one that cannot be had its own line says so."""
    try:
        return settings.secret is not None and settings.kill_reference is not None and hmac.compare_digest(
            *(secrets.resolve(each, base=config.base).encode() for each in (settings.secret, settings.kill_reference)))
    except ConsoleError:
        return False


async def _leader(database: Database | None, clock: Clock) -> str | None:
    """Who runs the engine now; empty where nobody does, None where that cannot be told."""
    def read(known: Database) -> str:
        with known.read() as tx:
            lease = leases.current(tx, "engine")
        return lease.holder if lease is not None and lease.expires_at > clock.now() else ""

    return None if database is None else await asyncio.to_thread(read, database)


async def _secret(config: Config, reference: str | None, purpose: str) -> Check:
    if reference is None:
        return Check("", Health.OK, f"none is configured; what this machine has {purpose}")
    await asyncio.to_thread(secrets.resolve, reference, base=config.base)
    return Check("", Health.OK, f"{parse_reference(reference)} {purpose}")


async def _connection(config: Config, settings: SourceSettings, clock: Clock, command: str,
                      database: Database | None) -> Check:
    """Whether the provider answers to this secret, and as whom; nothing but that is asked with it."""
    secret, source = settings.secret, wiring.source(config, settings, clock, database)
    try:
        organisation = await source.check()
    except SourceError as error:
        if isinstance(error.__cause__, PlaceChanged):
            return failed("", error.__cause__)
        mend = refreshed(secret, config.base, command) if secret and error.failure in _CREDENTIAL else None
        away = f" {_away(settings)}" if error.failure is Failure.UNAVAILABLE else ""
        return Check("", Health.FAILED, f"{error.failure.value}: {str(error).rstrip('.')}.{away}", mend)
    finally:
        await source.close()
    return Check("", Health.OK, f"answers as {organisation.name} ({organisation.identifier})")


def _away(settings: SourceSettings) -> str:
    return "Check the network and this source's base_url." if settings.base_url else "Check the network."


async def _usage(config: Config, settings: SourceSettings, clock: Clock, command: str,
                 database: Database | None) -> Check:
    """Whether this secret may read usage: one finest bucket of it, of a time that is surely told by now."""
    told = kinds.source(settings.kind).capabilities
    width = told.bucket_widths[0]
    end = (epoch(clock.now()) - 2 * told.documented_lag_s) // width * width
    source = wiring.source(config, settings, clock, database)
    try:
        window = await source.usage(end - width, end, width)
    except SourceError as error:
        mend = refreshed(settings.secret, config.base, command) if settings.secret and error.failure in _CREDENTIAL \
            else None
        return Check("", Health.FAILED, f"{error.failure.value}: {error}", mend)
    finally:
        await source.close()
    rows = counted(len(window.rows), "row")
    return Check("", Health.OK, f"can be read; {rfc3339(from_epoch(end - width))} has {rows}")


async def _clock(settings: SourceSettings, clock: Clock) -> Check:
    """This machine's clock against the provider's `Date`, which needs no credential."""
    client = BoundedClient()
    try:
        address = settings.base_url or kinds.source(settings.kind).base_url or ""
        answer = await client.request("GET", address.rstrip("/") + "/", deadline_s=10)
    except HttpFailure as error:
        return Check("", Health.FAILED, f"not compared: {str(error).rstrip('.')}. {_away(settings)}")
    finally:
        await client.close()
    if answer.date is None:
        return Check("", Health.WARNING, "the provider does not say what time it is.")
    if answer.took_s > PROMPT_S:
        return Check("", Health.WARNING, f"not compared: the answer took {answer.took_s:.0f} s. Look again when the "
                     "provider is quicker.")
    skew = (clock.now() - answer.date).total_seconds()
    if abs(skew) < SKEW_WARN_S:
        return Check("", Health.OK, f"{abs(skew):.0f} s from the provider's")
    said = f"this machine is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the provider."
    return Check("", Health.FAILED, f"{said} Above {SKEW_STOP_S:.0f} s nothing is killed automatically. Let it follow "
                 "a time server (chrony, or systemd-timesyncd).")


async def _look(config: Config, settings: SwitchSettings) -> Check:
    """What this machine shows of whether it could act; nothing said where it shows nothing."""
    said = await asyncio.to_thread(kinds.switch(settings.kind).look, settings, config.base)
    return Check("", Health.OK, said or "")


async def _state(board: Board, slug: str, line: Wired) -> Check:
    switch = board(line.kind, line.source)
    try:
        async with asyncio.timeout(15):
            state = await switch.read(line.target)
    except (SwitchUnreachable, TimeoutError) as error:
        return Check("", Health.FAILED, f"{line.target} could not be asked for: {error or 'no answer within 15 s'}. "
                     "Check the network and the address in the configuration.")
    except SwitchError as error:
        return Check("", Health.FAILED, f"{line.target} could not be read: {error}. Where the kill secret's own line "
                     f"is well, correct the switch in the MBOM entry of {slug}.")
    if switch.is_own(line.target):
        return Check("", Health.FAILED, f"{line.target} is the key that the console itself works with: turning it off "
                     "would lock the console out. Give the console, or the workload, a key of its own.")
    stop = switch.verbs["disable"]
    again = ", which a resume undoes exactly" if switch.verbs["enable"].restores else ""
    return Check("", Health.OK, f"{line.kind} {line.target}: {state}. A kill ({stop.action_class}) wants "
                 f"“{stop.wanted}”{again}; {stop.read_back}.")


def failures(checks: Sequence[Check]) -> int:
    """How many of the checks failed."""
    return sum(check.health is Health.FAILED for check in checks)
