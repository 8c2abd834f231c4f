"""The hub, as a real server on loopback: every refusal is one sentence, asked for once.

With `pytest -s` the time of each case is printed; no test depends on it. What makes a case slow is
asking again and again, so the requests are counted instead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engine.fake_hub import COMMIT, FakeHub, serve
from tests.tiny import make_network, save_tiny, tokenizer

ROOT = Path(__file__).resolve().parent.parent.parent
CASES: dict[str, dict[str, Any]] = {
    "good": {"model": "some/tiny"},
    "pinned": {"model": "some/tiny", "revision": COMMIT},
    "missing": {"model": "gone/missing"},
    "gated": {"model": "closed/gated"},
    "gated, no token": {"model": "closed/unauthorised"},
    "private": {"model": "private/secret"},
    "no such revision": {"model": "some/tiny", "revision": "nowhere"},
    "server trouble": {"model": "busy/server"},
    "dropped line": {"model": "dropped/line"},
    "pickle only": {"model": "some/pickle"},
    "no model in it": {"model": "some/readme"},
    "not a name": {"model": "what is this"},
}
WITHOUT_NETWORK: dict[str, dict[str, Any]] = {
    "cached": {"model": "some/tiny"},
    "cached, pinned": {"model": "some/tiny", "revision": COMMIT},
    "not cached": {"model": "never/seen"},
    "not cached revision": {"model": "some/tiny", "revision": "nowhere"},
}


@dataclass(frozen=True)
class Outcome:
    hub: FakeHub
    cases: dict[str, dict[str, Any]]
    available: list[str]


def run(endpoint: str, home: Path, cases: dict[str, Any], **environment: str) -> dict[str, Any]:
    dropped = ("HF_HUB_OFFLINE", "HF_TOKEN", "DISABLE_SAFETENSORS_CONVERSION")
    inherited = {key: value for key, value in os.environ.items() if key not in dropped}
    for name in (
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ):
        inherited.pop(name, None)
    path = os.pathsep.join([str(ROOT), str(ROOT / "core"), os.environ.get("PYTHONPATH", "")])
    env = inherited | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/engine/hub_cases.py"), json.dumps(cases)],
        env=env | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for name, outcome in result["cases"].items():
        print(f"{outcome['seconds']:6.2f} s  {name}: {outcome.get('says', 'loaded')}")
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hf")


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Outcome]:
    """Every case against the fake hub, in one process."""
    folder = tmp_path_factory.mktemp("repositories")
    tiny = save_tiny(folder / "tiny")
    pickle = Path(shutil.copytree(tiny, folder / "pickle"))
    (pickle / "model.safetensors").unlink()
    weights = make_network("qwen2", len(tokenizer(True))).state_dict()
    torch.save(weights, pickle / "pytorch_model.bin")
    readme = folder / "readme"
    readme.mkdir()
    (readme / "README.md").write_text("nothing here")
    with serve({"some/tiny": tiny, "some/pickle": pickle, "some/readme": readme}) as hub:
        here = {"folder": {"model": str(tiny)}, "built-in": {"model": "built-in"}, "mark": {}}
        result = run(hub.url, home, here | CASES)
        yield Outcome(hub, result["cases"], result["available"])


@pytest.fixture(scope="module")
def unplugged(online: Outcome, home: Path) -> dict[str, Any]:
    """The same cache afterwards, with nobody listening at the hub's address."""
    return run("http://127.0.0.1:9", home, WITHOUT_NETWORK)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (
            "missing",
            "There is no model 'gone/missing' at the hub (or it is private: set HF_TOKEN).",
        ),
        (
            "private",
            "There is no model 'private/secret' at the hub (or it is private: set HF_TOKEN).",
        ),
        (
            "gated",
            "closed/gated is gated: accept its terms on its page at the hub and set HF_TOKEN.",
        ),
        ("gated, no token", "closed/unauthorised is gated: accept its terms"),
        ("no such revision", "some/tiny has no such revision at the hub."),
        ("server trouble", "busy/server could not be loaded: HfHubHTTPError: "),
        ("dropped line", "dropped/line is not on this machine and the hub cannot be reached"),
        ("pickle only", "some/pickle has no safetensors weights; if it has a pickle checkpoint"),
        ("no model in it", "some/readme is not a causal language model"),
        ("not a name", "There is no folder 'what is this', and it is not a Hugging Face model id."),
    ],
)
def test_every_refusal_is_one_sentence(online: Outcome, case: str, says: str) -> None:
    outcome = online.cases[case]
    assert "raw" not in outcome
    assert outcome["says"].startswith(says)
    assert "\n" not in outcome["says"]
    assert outcome["says"].endswith(".")


@pytest.mark.parametrize("repo", ["gone/missing", "closed/gated", "busy/server", "dropped/line"])
def test_the_hub_is_asked_once_and_taken_at_its_word(online: Outcome, repo: str) -> None:
    assert len(online.hub.about(repo)) == 1


def test_a_model_is_downloaded_and_explains(online: Outcome) -> None:
    assert online.cases["good"]["revision"] == COMMIT
    assert len(online.cases["good"]["scores"]) > 1
    assert online.cases["pinned"]["scores"] == online.cases["good"]["scores"]


def test_a_pickle_is_not_even_fetched_and_no_service_is_asked_to_convert_it(
    online: Outcome,
) -> None:
    assert not [line for line in online.hub.asked if "pytorch_model.bin" in line]
    assert not [
        line for line in online.hub.asked if "discussions" in line or "safetensors/" in line
    ]


def test_nothing_is_asked_of_the_hub_for_a_model_that_is_here(online: Outcome) -> None:
    assert online.cases["folder"]["scores"]
    assert online.cases["built-in"]["scores"]
    before = online.hub.asked[: online.hub.asked.index("GET /mark")]
    assert before == []


def test_what_was_fetched_is_listed_after_the_built_in_model(online: Outcome) -> None:
    assert online.available == ["built-in", "some/tiny"]  # of the others there are no weights


def test_without_network_a_cached_model_loads(unplugged: dict[str, Any], online: Outcome) -> None:
    for case in ("cached", "cached, pinned"):
        assert unplugged["cases"][case].get("scores") == online.cases["good"]["scores"]
    assert unplugged["available"] == online.available


@pytest.mark.parametrize("case", ["not cached", "not cached revision"])
def test_without_network_a_model_that_is_not_cached_is_one_sentence(
    unplugged: dict[str, Any], case: str
) -> None:
    name = WITHOUT_NETWORK[case]["model"]
    says = unplugged["cases"][case]["says"]
    assert says.startswith(f"{name} is not on this machine and the hub cannot be reached")
    assert "\n" not in says
