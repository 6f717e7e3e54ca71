"""The kinds of sources and switches, found by name: a kind is a module that holds a `KIND`, and nothing lists them.

`console/providers/NAME` holds a `SourceKind` and `console/switches/NAME` a `SwitchKind`, each a file or a folder; where
the kind is written with a hyphen, NAME has an underscore. A kind's module is imported when its kind is asked for, which
may be before the first paint: so it declares, and what is heavy it imports in `build`.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from console.errors import BadConfiguration
from console.settings import Config, SourceSettings
from console.settings_reading import Table

if TYPE_CHECKING:  # what a kind builds lies above: here it is only named
    from console.clock import Clock
    from console.http import BoundedClient
    from console.providers.source import Capabilities
    from console.switches.switch import Endpoint, Switch, Verb

Kind = TypeVar("Kind")

_SOURCES, _SWITCHES = "console.providers", "console.switches"
_NO_KINDS = frozenset({"rows", "shared", "source", "switch"})
"""Modules of the two folders that are not kinds."""


@dataclass(frozen=True, slots=True)
class SourceTools:
    """What a source gets beside its settings."""

    key: Callable[[], str]
    """The reading secret, each time that it is needed. Raises ConsoleError; BadConfiguration where there is none."""
    clock: Clock
    base: Path
    """Where relative paths of the configuration start."""


@dataclass(frozen=True, slots=True)
class SwitchTools:
    """What a switch gets beside its settings."""

    client: BoundedClient
    """Its own, so that polling never waits for a kill nor a kill for polling. In a dry run it refuses writes."""
    credential: Callable[[], str]
    """The secret that may switch, when it is needed."""
    own: Callable[[], Iterable[str]]
    """The secrets that the console works with, so that none of them is switched off."""
    now: Callable[[], datetime]
    base: Path
    """Where relative paths of the configuration start."""

    @property
    def rehearsal(self) -> bool:
        """A dry run: a switch that does not write by `client` must refuse to write by itself."""
        return not self.client.writes


def _nothing(_: Table) -> Mapping[str, object]:
    return {}


def _no_endpoint(_: Any, __: SwitchTools) -> None:
    return None


def _nothing_to_look_at(_: Any, __: Path) -> None:
    return None


def _any_target(_: str) -> str | None:
    return None


def _no_charge(_: SourceSettings) -> str | None:
    return None


def _no_permissions(*_: object) -> str | None:
    return None


def _with_the_kill_secret(settings: SourceSettings) -> SourceSettings:
    return replace(settings, secret=settings.kill_reference)


def _as_declared(_: SourceSettings) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SourceKind:
    """What a kind of source declares. `base_url`: where it is asked unless its table says otherwise; None: nowhere
    fixed. `needs_secret`: False where it can do without."""

    kind: str
    capabilities: Capabilities
    build: Callable[[SourceSettings, SourceTools], Any]
    """A Source, or a PushSource where the capabilities say push; `console.providers` gives each as what it is."""
    options: Callable[[Table], Mapping[str, object]] = _nothing
    """Reads and checks the keys of a `[[sources]]` table that only this kind has."""
    tells_cost: Callable[[SourceSettings], bool] = _as_declared
    """Whether it tells cost as it is set, where its capabilities say that it can."""
    base_url: str | None = None
    needs_secret: bool = True
    charge: Callable[[SourceSettings], str | None] = _no_charge
    """What the provider charges for being asked, in words for `doctor`; None: nothing."""
    least: Callable[[SourceSettings], str | None] = _no_permissions
    """All that must be permitted to read it, as its provider writes that, for `doctor`; None: no permissions there."""
    as_killer: Callable[[SourceSettings], SourceSettings] = _with_the_kill_secret
    """The settings by which `doctor` asks who may switch: a source of them is only checked, and never read."""


@dataclass(frozen=True, slots=True)
class SwitchKind:
    """What a kind of switch declares."""

    kind: str
    works_at: str | None
    """The kind of source whose table and kill secret it uses; None: it has a `[[switches]]` table of its own."""
    verbs: Mapping[str, Verb]
    build: Callable[[Any, SwitchTools], Switch]
    """From the SourceSettings, or SwitchSettings, and the tools."""
    options: Callable[[Table], Mapping[str, object]] = _nothing
    """Reads and checks the keys of a `[[switches]]` table that only this kind has."""
    check_target: Callable[[str], str | None] = field(default=_any_target)
    """What is wrong with a target in the MBOM, and what to write; None where it may be right."""
    needs_secret: bool = True
    dimension: str | None = None
    """The dimension of its source's usage that holds its targets: the switch of usage that nobody claims yet."""
    least: Callable[[SourceSettings, Sequence[str]], str | None] = _no_permissions
    """The same to switch these targets off and on."""
    look: Callable[[Any, Path], str | None] = _nothing_to_look_at
    """From the settings and where relative paths start: whether it could act, as far as this machine shows, in words.
    None where nothing here says so. Raises ConsoleError with what mends it."""
    endpoint: Callable[[Any, SwitchTools], Endpoint | None] = _no_endpoint
    """What the engine serves for it while it leads, from the same settings and tools; None: nothing."""


def told_of(settings: SourceSettings) -> Capabilities:
    """What a configured source can tell. Raises BadConfiguration."""
    kind = source(settings.kind)
    told = kind.capabilities
    return told if kind.tells_cost(settings) else replace(told, reports_cost=False)


def source_names() -> tuple[str, ...]:
    """The kinds of sources there are; nothing of them is imported."""
    return _names(_SOURCES)


def switch_names() -> tuple[str, ...]:
    """The kinds of switches there are; nothing of them is imported."""
    return _names(_SWITCHES)


def switch_table_names() -> tuple[str, ...]:
    """The kinds of switches that have a `[[switches]]` table of their own."""
    return tuple(name for name in switch_names() if switch(name).works_at is None)


def source(kind: str) -> SourceKind:
    """The kind of source of that name. Raises BadConfiguration."""
    return _kind(_SOURCES, kind, SourceKind, "source")


def switch(kind: str) -> SwitchKind:
    """The kind of switch of that name. Raises BadConfiguration."""
    return _kind(_SWITCHES, kind, SwitchKind, "switch")


def switch_for(source_kind: str, usage: Mapping[str, str]) -> tuple[str, str] | None:
    """A switch that stops usage with these dimensions at a source of this kind, and its target; a key's before others.

    None where the dimensions hold no target.
    """
    at_source = [each for each in map(switch, switch_names()) if each.works_at == source_kind and each.dimension]
    for each in sorted(at_source, key=lambda each: (each.dimension != "api_key_id", each.kind)):
        target = usage.get(each.dimension or "")
        if target and each.check_target(target) is None:
            return each.kind, target
    return None


def polled(config: Config) -> tuple[SourceSettings, ...]:
    """The configured sources that are asked; the others are told of each call."""
    return tuple(settings for settings in config.sources if not source(settings.kind).capabilities.push)


def frozen(options: Mapping[str, object]) -> Mapping[str, object]:
    """Options as settings keep them: nobody changes them."""
    return MappingProxyType(dict(options))


def _names(package: str) -> tuple[str, ...]:
    found = {module.name for module in pkgutil.iter_modules(import_module(package).__path__)}
    return tuple(sorted(name.replace("_", "-") for name in found - _NO_KINDS))


def _kind(package: str, kind: str, of: type[Kind], what: str) -> Kind:
    module = f"{package}.{kind.replace('-', '_')}"
    known = getattr(sys.modules.get(module), "KIND", None)
    if isinstance(known, of) and getattr(known, "kind", None) == kind:
        return known  # the folder is looked into once: this is asked in every turn
    names = _names(package)
    if kind not in names:
        raise BadConfiguration(f"There is no kind of {what} called {kind!r}; there are: {', '.join(names)}.")
    found = import_module(module).KIND
    assert isinstance(found, of), f"{package} holds no {of.__name__} of the kind {kind}"
    return found
