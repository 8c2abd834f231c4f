"""The wheel holds what runs, and puts nothing of the repository's layout into site-packages."""

from __future__ import annotations

import configparser
import contextlib
import io
import os
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from hatchling import build

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Build backends work in the current folder, and hatchling talks on stdout."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.chdir(before)


def _build_wheel(source: Path, out: Path) -> Path:
    with _inside(source):
        return out / build.build_wheel(str(out))


def _read(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file in the wheel built from this tree."""
    return _read(_build_wheel(ROOT, tmp_path_factory.mktemp("wheel")))


def _metadata(wheel: dict[str, bytes], name: str) -> bytes:
    (path,) = (path for path in wheel if path.endswith(f".dist-info/{name}"))
    return wheel[path]


def test_only_the_two_packages_are_at_the_top(wheel: dict[str, bytes]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"noiser", "noiser_tui"}


def test_the_code_is_all_there_and_typed(wheel: dict[str, bytes]) -> None:
    for root, package in ((ROOT / "core", "noiser"), (ROOT, "noiser_tui")):
        modules = {str(path.relative_to(root)) for path in (root / package).rglob("*.py")}
        assert modules, package
        assert modules <= wheel.keys()
    assert "noiser/py.typed" in wheel
    assert not [name for name in wheel if "__pycache__" in name or name.endswith(".pyc")]


def test_the_themes_are_inside_the_package(wheel: dict[str, bytes]) -> None:
    themes = {path.name: path.read_bytes() for path in (ROOT / "themes").glob("*.toml")}
    assert themes
    shipped = {
        name.removeprefix("noiser_tui/themes/"): content
        for name, content in wheel.items()
        if name.startswith("noiser_tui/themes/")
    }
    assert shipped == themes


def test_the_built_in_model_and_every_data_file_are_inside(wheel: dict[str, bytes]) -> None:
    core = ROOT / "core"
    data = {
        str(path.relative_to(core))
        for path in core.rglob("*")
        if path.suffix in {".safetensors", ".json", ".toml", ".css", ".html", ".txt", ".tcss"}
    }
    assert data <= wheel.keys()
    assert [name for name in data if name.startswith("noiser/builtin/facts/")]
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert f"noiser/builtin/model/{name}" in wheel
        assert f"noiser/judge/model/{name}" in wheel
    styles = {str(path.relative_to(ROOT)) for path in (ROOT / "noiser_tui").rglob("*.tcss")}
    assert styles <= wheel.keys()


def test_the_command_and_the_licence(wheel: dict[str, bytes]) -> None:
    points = configparser.ConfigParser()
    points.read_string(_metadata(wheel, "entry_points.txt").decode())
    module, function = points["console_scripts"]["noiser"].split(":")
    assert function.isidentifier()
    assert f"{module.replace('.', '/')}/__init__.py" in wheel or (
        f"{module.replace('.', '/')}.py" in wheel
    )
    assert b"Apache License" in _metadata(wheel, "licenses/LICENSE")
    metadata = message_from_bytes(_metadata(wheel, "METADATA"))
    assert metadata["Name"] == "noiser"
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_wheel_from_the_source_archive_is_the_same(
    wheel: dict[str, bytes], tmp_path: Path
) -> None:
    with _inside(ROOT):
        archive = tmp_path / build.build_sdist(str(tmp_path))
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    folder = tmp_path / archive.name.removesuffix(".tar.gz")
    again = _read(_build_wheel(folder, tmp_path))
    assert again.keys() == wheel.keys()
    assert {name for name in wheel if again[name] != wheel[name]} == set()


def test_every_pin_is_exact_and_portable() -> None:
    names = set()
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if pin := line.partition("#")[0].strip():
            name, _, version = pin.partition("==")
            assert version, line
            assert "+" not in version, f"{line}: no environment's own build"
            assert "/" not in pin, f"{line}: no path, no host"
            assert "@" not in pin, f"{line}: no path, no host"
            names.add(name.lower().replace("_", "-"))
    assert "noiser" not in names
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert wanted.partition(">")[0] in names, wanted
