from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from noiser_tui.cli import main
from tests.export.example import example, generation


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `noiser` in this process as its entry point does, with bytes for standard input."""

    def _run(*arguments: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main(list(arguments))
        return Ended(code, *capsys.readouterr())

    return _run


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny random model."""
    from tests.tiny import save_tiny

    return str(save_tiny(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved run with everything awkward in its prompt."""
    from noiser.export import save

    path = tmp_path_factory.mktemp("saved") / "run.json"
    save(example(), path)
    return str(path)


@pytest.fixture(scope="session")
def saved_generation(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved run of two generated tokens."""
    from noiser.export import save

    path = tmp_path_factory.mktemp("saved") / "generation.json"
    save(generation(), path)
    return str(path)


@pytest.fixture
def broken(tmp_path: Path, tiny: str) -> Path:
    """A copy of the tiny model, to be broken."""
    import shutil

    return Path(shutil.copytree(tiny, tmp_path / "broken"))
