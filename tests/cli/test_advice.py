"""What an error of the engine says could be changed, in each front end's own words."""

from __future__ import annotations

import pickle

import pytest

from noiser.errors import NoiserError, NotTrusted
from noiser.model.failures import explain_failure
from noiser_tui.cli.fail import sentence
from noiser_tui.workbench.engine.advice import told


@pytest.mark.parametrize(
    ("change", "options", "keys"),
    [
        ((), "", ""),
        (("dtype", "load_in 4bit"), " (--dtype, --load-in 4bit)", " (Alt+M, then d on it)"),
        (("model built-in",), " (--model built-in)", " (Alt+M)"),
        (("draws", "memory"), " (--draws, --memory)", " (Shift+F2; Alt+G)"),
        (("ray",), " (--ray)", ""),
    ],
)
def test_options_in_the_shell_and_keys_in_the_workbench(
    change: tuple[str, ...], options: str, keys: str
) -> None:
    error = NoiserError("It is too small: try more.", change=change)
    assert str(error) == "It is too small: try more."
    assert sentence(error) == f"It is too small: try more{options}."
    assert told(error) == f"It is too small: try more{keys}."


def test_a_model_that_cannot_be_reached() -> None:
    error = explain_failure(ConnectionError("Couldn't connect to the hub"), "a/b", "a/b")
    assert sentence(error).endswith("or take the built-in model (--model built-in).")
    assert told(error).endswith("or take the built-in model (Alt+M).")
    assert "--" not in told(error)


def test_a_model_that_has_to_be_trusted() -> None:
    error = explain_failure(ValueError("pass trust_remote_code=True"), "a/b", "a/b")
    assert isinstance(error, NotTrusted)
    assert sentence(error).endswith("allow it by the name remote-code (--trust remote-code).")
    assert told(error) == "a/b needs code of its own. Allow that for it alone: Alt+M, then d on it."


def test_what_could_be_changed_comes_along_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(NoiserError("No.", change=("dtype",))))
    assert (str(error), error.change) == ("No.", ("dtype",))
