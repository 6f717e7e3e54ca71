"""From settings to working parts: a source with its reading secret. Secrets are resolved late, at each use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from console import providers, secrets
from console.clock import Clock
from console.config import Config, SourceSettings
from console.providers.source import Source
from console.watch.execution import this_process

__all__ = ["base_of", "secret_of", "source", "this_process"]


def base_of(config: Config) -> Path | None:
    """Where relative secret files are looked for: beside the configuration."""
    return config.path.parent if config.path else None


def secret_of(config: Config, reference: str) -> Callable[[], str]:
    """A callable that resolves the reference when the secret is needed, and not before."""
    return lambda: secrets.resolve(reference, base=base_of(config))


def source(config: Config, settings: SourceSettings, clock: Clock) -> Source:
    """The source that these settings describe, with its reading secret."""
    return providers.build(settings, secret_of(config, settings.secret), clock)
