"""Chats from the command line: their options, their file, their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.tiny import save_tiny, tokenizer

TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
FAST = ("--method", "random", "--quiet")


@pytest.fixture(scope="session")
def chatty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny random model with a chat template."""
    folder = save_tiny(tmp_path_factory.mktemp("chatty"))
    made = tokenizer(True)
    made.chat_template = TEMPLATE
    try:
        made.save_pretrained(folder)
    finally:
        made.chat_template = None  # it is shared
    return str(folder)


def test_what_the_system_and_the_user_say(run: Run, chatty: str) -> None:
    said = ("--system", "Be brief.", "--user", "Where does code live?")
    ended = run("explain", *said, "-m", chatty, "--json", "--specials", "exclude", *FAST)
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert record["prompt"] == "[system] Be brief.\n[user] Where does code live?\n[assistant]"
    assert record["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Where does code live?"},
    ]
    for token in record["tokens"]:
        assert token["role"] in ("content", "template")
        assert (token["score"] is None) == (token["role"] == "template")


def test_a_chat_from_a_file_and_from_stdin(run: Run, chatty: str, tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "The sea"}]
    data = json.dumps({"messages": messages})
    (tmp_path / "chat.json").write_text(data)
    one = run("explain", "--chat", str(tmp_path / "chat.json"), "-m", chatty, "--json", *FAST)
    other = run("explain", "--chat", "-", "-m", chatty, "--json", *FAST, stdin=data.encode())
    assert (one.code, other.code) == (0, 0), one.err
    assert json.loads(one.out)["prompt"] == "[user] Hi\n[assistant] The sea"
    assert json.loads(one.out)["tokens"] == json.loads(other.out)["tokens"]


def test_the_screen_and_the_estimate(run: Run, chatty: str) -> None:
    shown = run("explain", "--user", "Where?", "-m", chatty, *FAST)
    assert shown.code == 0, shown.err
    assert "[user] Where?" in shown.out
    estimate = run("explain", "--user", "Where?", "-m", chatty, "--estimate", "--json", "--quiet")
    assert json.loads(estimate.out)["token_forwards"] > 0


def test_a_chat_on_a_line_of_many(run: Run, chatty: str) -> None:
    lines = [{"messages": [{"role": "user", "content": "Hi"}]}, {"messages": []}, {"text": "x"}]
    data = "\n".join(map(json.dumps, lines)).encode()
    ended = run("explain", "--jsonl", "-", "-m", chatty, *FAST, stdin=data)
    assert ended.code == 1
    first, second, third = map(json.loads, ended.out.splitlines())
    assert first["prompt"] == "[user] Hi\n[assistant]"
    assert "no messages" in second["error"]
    assert '"messages" as a list' in third["error"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--system", "x"), 2, "--system is said before something"),
        (("--system", "x", "--chat", "c.json"), 2, "--chat brings its own messages"),
        (("--user", "x", "prompt"), 2, "--user makes the prompt a chat"),
        (("--chat", "c.json", "--file", "p.txt"), 2, "--chat makes the prompt a chat"),
        (("--user", "x", "--jsonl", "p.jsonl"), 2, "give no --user"),
        (("--user", " "), 2, "user's message is empty"),
        (("--chat", "nowhere.json"), 1, "nowhere.json cannot be read"),
        (("--user", "x"), 2, "built-in has no chat template"),
    ],
)
def test_what_cannot_be_asked(run: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    ended = run("explain", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err
    assert ended.err.count("\n") == 1


def test_a_file_that_is_no_chat(run: Run, tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text('[{"role": "usr", "content": "x"}]')
    ended = run("explain", "--chat", str(tmp_path / "chat.json"))
    assert ended.code == 1
    assert "is no chat: Unknown role 'usr'. Did you mean 'user'?" in ended.err
