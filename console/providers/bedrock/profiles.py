"""The application inference profiles of one account and region: what they are called and which model they call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from console.providers.bedrock.metrics import model_behind
from console.providers.source import Named

_LONGEST_NAME = 1024


class Profiles:
    """A profile that is deleted is not listed any more, but its usage is: whatever was learned is kept."""

    def __init__(self) -> None:
        self.models: dict[str, str] = {}
        """By the profile's identifier."""
        self._named: dict[str, Named] = {}
        self._given_up: set[str] = set()

    def learn(self, listed: Iterable[Mapping[str, Any]]) -> None:
        """Take in what ListInferenceProfiles says. Raises UnusableError."""
        for profile in listed:
            identifier = str(profile.get("inferenceProfileId") or profile.get("inferenceProfileArn", ""))
            identifier = identifier.rsplit("/", 1)[-1]
            if not identifier:
                continue
            name = str(profile.get("inferenceProfileName") or identifier)[:_LONGEST_NAME]
            status = str(profile.get("status") or "") or None
            self._named[identifier] = Named("inference_profile", identifier, name, status)
            model = model_behind(profile)
            if model is not None:
                self.models[identifier] = model

    def unknown(self, identifiers: Iterable[str | None]) -> set[str]:
        """Those that were not listed so far, and were not asked for in vain."""
        return {each for each in identifiers if each is not None} - self.models.keys() - self._given_up

    def give_up(self, identifiers: set[str]) -> None:
        """Whatever of these is still unknown is not a profile, or one that is gone."""
        self._given_up |= identifiers

    def named(self) -> list[Named]:
        return list(self._named.values())
