"""The kind of source as a configuration names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import kinds, providers
from console.clock import ManualClock
from console.config import Config, load_text
from console.errors import BadConfiguration
from console.kinds import SourceTools
from console.listening import Place
from console.providers.otel.source import OtelSource
from tests.support.otlp import NOW


def configured(*lines: str) -> Config:
    source = "\n".join(["[[sources]]", 'name = "otel"', 'kind = "otel"', *lines])
    return load_text(f'[organisation]\nname = "Example"\n\n{source}\n', Path("/etc/token-console/token-console.toml"))


def built(config: Config, folder: Path) -> OtelSource:
    source = providers.build_push(config.sources[0], SourceTools(lambda: "s", ManualClock(NOW), folder))
    assert isinstance(source, OtelSource)
    return source


def test_a_name_and_a_kind_are_enough_and_listen_on_this_machine_alone(tmp_path: Path) -> None:
    config = configured()
    assert config.sources[0].options["listen"] == Place("127.0.0.1", 4318)
    source = built(config, tmp_path)
    assert (source.name, source.authenticated) == ("otel", False)
    assert source.capabilities is kinds.source("otel").capabilities
    assert source.reception().address is None


def test_elsewhere_it_listens_only_with_a_secret(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="can be reached from elsewhere: write a secret"):
        configured('listen = "0.0.0.0:4318"')
    config = configured('listen = "0.0.0.0:4318"', 'secret = "env:OTEL_SECRET"')
    assert built(config, tmp_path).authenticated


@pytest.mark.parametrize(("line", "said"), [
    ('listen = "somewhere"', "write it like"), ("largest_mib = 0", "from 1 to 64"),
    ("most_per_second = 1", "from 10 to 1000000"), ('attributes = "tenant"', "must be a list of texts"),
    ('listens = "127.0.0.1:1"', "listen"),
])
def test_what_is_written_wrongly_is_refused_with_what_to_write(line: str, said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        configured(line)
