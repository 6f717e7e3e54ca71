"""A virtual environment like this one but without some packages, and wheels of those to install from: no network."""

from __future__ import annotations

import venv
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path


def environment_without(folder: Path, *missing: str) -> Path:
    """The python of a new environment in `folder` that has every package of this one but those."""
    venv.create(folder)
    (there,) = folder.glob("lib/python*/site-packages")
    here = Path(str(metadata.distribution("pytest").locate_file("")))
    for entry in here.iterdir():
        name = entry.name.split("-")[0].split(".")[0].lower()
        if name not in missing and not (there / entry.name).exists():
            (there / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def index_of(folder: Path, *packages: str) -> Mapping[str, str]:
    """Wheels of packages of this environment in `folder`, and the variables by which pip installs from there alone."""
    folder.mkdir()
    for package in packages:
        _wheel(folder, metadata.distribution(package))
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _wheel(folder: Path, package: metadata.Distribution) -> None:
    tag = next(line.removeprefix("Tag: ") for line in (package.read_text("WHEEL") or "").splitlines()
               if line.startswith("Tag: "))
    name = f"{package.name}-{package.version}"
    files = [file for file in package.files or [] if ".." not in file.parts and "__pycache__" not in file.parts
             and file.name not in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")]
    record = f"{name}.dist-info/RECORD"
    with zipfile.ZipFile(folder / f"{name}-{tag}.whl", "w") as wheel:
        for file in files:
            wheel.write(file.locate(), str(file))
        wheel.writestr(record, "".join(f"{file},,\n" for file in [*map(str, files), record]))
