"""keybindings.json: what is taken from it, and what is told of the rest."""

from __future__ import annotations

from pathlib import Path

from noiser_tui.settings.keybindings import (
    KeyRule,
    merged,
    parse_keybindings,
    read_keybindings,
)

COMMANDS = ("run", "cancel", "panel", *(f"view{n}" for n in range(20)))
NAMES = ("running", "focus")

FILE = """
// my keys
[
    {"key": "ctrl+k", "command": "noiser.run", "when": "!running && focus == 'prompt'"},
    {"key": "ctrl+/", "command": "panel"},   // two names of one key
    {"key": "f10", "command": "-panel"},
    {"command": "-cancel"},
]
"""


def test_args_are_for_commands_that_ask_for_something() -> None:
    text = """[{"key": "f2", "command": "panel", "args": "output"},
    {"key": "f3", "command": "run", "args": "twice"}, {"key": "f4", "command": "panel", "args": 4}]"""
    found = parse_keybindings(text, "keys", COMMANDS, NAMES, ("panel",))
    assert found.rules == (KeyRule("f2", "panel", args="output"),)
    told = [problem.what for problem in found.problems]
    assert told == ["run takes no args. These do: panel.", "args must be text in quotes."]


def test_a_file_in_vs_code_s_form() -> None:
    found = parse_keybindings(FILE, "keys", COMMANDS, NAMES)
    assert found.problems == ()
    assert found.rules == (
        KeyRule("ctrl+k", "run", "!running && focus == 'prompt'"),
        KeyRule("ctrl+slash", "panel"),
        KeyRule("ctrl+underscore", "panel"),
        KeyRule("f10", "panel", removes=True),
        KeyRule("", "cancel", removes=True),
    )


def test_rules_stand_after_the_defaults_that_are_left() -> None:
    defaults = [
        KeyRule("f5", "run"),
        KeyRule("f10", "panel"),
        KeyRule("ctrl+j", "panel"),
        KeyRule("escape", "cancel", "running"),
        KeyRule("ctrl+c", "cancel"),
    ]
    rules = parse_keybindings(FILE, "keys", COMMANDS).rules
    assert merged(defaults, rules) == [
        KeyRule("f5", "run"),
        KeyRule("ctrl+j", "panel"),
        *rules[:3],
    ]
    with_condition = [KeyRule("", "cancel", "running", removes=True)]
    assert merged(defaults, with_condition) == [*defaults[:3], defaults[4]]


def test_what_is_wrong_is_told_and_the_rest_is_taken() -> None:
    found = parse_keybindings(
        """[
        {"key": "f6", "command": "noiser.rnu"},
        {"key": "ctrl+k ctrl+s g", "command": "run"},
        {"key": "f6", "command": "run", "when": "running &&"},
        {"key": "f6", "command": "run", "whem": "running"},
        {"key": 6, "command": "run"},
        {"key": "f6"},
        {"command": "run"},
        "run",
        {"key": "ctrl+enter", "command": "run", "when": "runing"},
        {"key": "f7", "command": "run"}
        ]""",
        "keys",
        COMMANDS,
        NAMES,
    )
    assert found.rules == (KeyRule("ctrl+enter", "run", "runing"), KeyRule("f7", "run"))
    told = [(one.at, one.what) for one in found.problems]
    assert [at for at, _ in told] == [*(f"entry {n}" for n in range(1, 9)), "entry 9", "entry 9"]
    for (_, what), part in zip(
        told,
        (
            "Unknown command 'rnu'. Did you mean 'run'?",
            "chord",
            "when, column 11: a name was expected",
            "Unknown field 'whem'. Did you mean 'when'?",
            "key must be text",
            "no command",
            "no key",
            "must be an object",
            "kitty",
            "Did you mean 'running'?",
        ),
        strict=True,
    ):
        assert part in what
    assert [one.harmless for one in found.problems] == [False] * 8 + [True] * 2
    assert "view3" not in str(found.problems[0])  # not all commands there are


def test_a_file_that_is_no_list_is_one_problem(tmp_path: Path) -> None:
    (broken,) = parse_keybindings('[\n{"key": }]', "keys", COMMANDS).problems
    assert str(broken) == "keys: line 2, column 9: expecting value"
    (other,) = parse_keybindings('{"key": "f5"}', "keys", COMMANDS).problems
    assert "must be a list" in other.what
    (folder,) = read_keybindings(tmp_path, COMMANDS).problems
    assert "cannot be read" in folder.what


def test_no_file_and_an_empty_one_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keybindings.json"
    assert read_keybindings(path, COMMANDS).rules == ()
    path.write_text(" \n")
    assert read_keybindings(path, COMMANDS).problems == ()
    path.write_text('\ufeff[{"key": "f6", "command": "run"}]', encoding="utf-8")
    assert read_keybindings(path, COMMANDS).rules == (KeyRule("f6", "run"),)
