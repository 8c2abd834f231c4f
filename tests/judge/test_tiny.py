"""The tiny judge that is shipped: what it knows, alone and behind a server that others wrote."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from noiser.errors import NoiserError, WrongUse
from noiser.judge.asker import ModelJudge
from noiser.judge.choose import open_judge
from noiser.judge.local import LocalModel, tiny_folder
from noiser.judge.many import ask_many
from noiser.judge.pace import Patience
from noiser.judge.question import Settings, messages
from noiser.judge.remote import RemoteModel

QUESTIONS = (
    ("capital", "France"),
    ("The", "capital", "of", "France", "is"),
    ("Shining", "written"),
    ("Spanish,", "snow"),
    (),
    ("nothing", "anybody", "was", "ever", "told", "of"),
)


@pytest.fixture(scope="module")
def tiny() -> ModelJudge:
    return ModelJudge(LocalModel())


def test_it_knows_the_built_in_facts(tiny: ModelJudge) -> None:
    assert tiny.ask(["capital", "France"]).answers[0] == "Paris"
    assert tiny.ask(["Shining", "written"]).answers[0] == "King"
    assert tiny.ask(["Spanish,", "snow"]).answers[0] == "nieve"
    replies = [tiny.ask(words) for words in QUESTIONS]
    assert all(reply.parsed for reply in replies)


def test_what_was_measured_is_what_is_shipped() -> None:
    measured = json.loads((tiny_folder() / "MEASURED.json").read_text("utf-8"))
    files = [file for file in tiny_folder().iterdir() if file.name != "MEASURED.json"]
    assert sum(file.stat().st_size for file in files) == measured["size_bytes"] <= 8 * 2**20
    assert 2e6 <= measured["parameters"] <= 4e6
    assert measured["whole_prompt_top1"] >= 0.9
    assert measured["whole_prompt_top1"] > measured["subject_only_top1"]
    assert measured["subject_only_top1"] > measured["no_words_top1"]


def test_without_a_template_and_too_long(tiny: ModelJudge, tmp_path: Path) -> None:
    with pytest.raises(NoiserError, match="no chat template"):
        ModelJudge(LocalModel(_built_in_folder())).ask(["a"])
    with pytest.raises(NoiserError, match="tokens long"):
        tiny.ask(["capital"] * 2000)
    with pytest.raises(WrongUse, match="temperature 0 only"):
        LocalModel().say(messages([]), Settings(temperature=1.0))
    with pytest.raises(NoiserError, match="There is no folder"):
        open_judge(f"local:{tmp_path / 'nowhere'}", cache=tmp_path / "c").ask(["a"])


def test_a_changed_folder_is_another_judge(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text("{}")
    before = LocalModel(str(tmp_path)).place
    assert LocalModel(str(tmp_path)).place == before
    file.write_text("{ }")
    assert LocalModel(str(tmp_path)).place != before


def test_a_rerun_does_not_even_load_the_model(tmp_path: Path) -> None:
    first = open_judge(cache=tmp_path / "c.sqlite")
    reply = first.ask(["capital", "France"])
    again = open_judge(cache=tmp_path / "c.sqlite")
    assert again.ask(["capital", "France"]) == reply
    assert (again.asked, again.known) == (0, 1)
    assert again.talker._loaded is None  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve` with the tiny judge."""
    for needed in ("fastapi", "uvicorn", "accelerate"):
        pytest.importorskip(needed, reason="`transformers serve` needs it: the extra `test` has it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(tiny_folder())]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, *options], stdout=out, stderr=out, env={**os.environ, "HF_HUB_OFFLINE": "1"}
        )
    try:
        _until_up(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def test_the_same_answers_come_from_a_real_server(
    served: str, tiny: ModelJudge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NOISER_JUDGE_KEY", "whatever")
    remote = RemoteModel(str(tiny_folder()), served, patience=Patience(attempts=2, timeout=120))
    answered = ask_many(ModelJudge(remote), QUESTIONS, at_once=3)
    for words in QUESTIONS:
        assert answered.ask(words) == tiny.ask(words)
    assert remote.budget.calls == len(QUESTIONS)
    spent = [remote.say(messages(words), Settings()).tokens for words in QUESTIONS]
    assert remote.budget.tokens == 2 * sum(spent)  # as the server counted them, not as guessed


def _until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"transformers serve did not start: {log.read_text()[-2000:]}")


def _built_in_folder() -> str:
    from noiser.builtin import model_folder

    return str(model_folder())
