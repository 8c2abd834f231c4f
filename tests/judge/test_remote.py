"""A judge behind an address that misbehaves in every way that servers do."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.judge.asker import ModelJudge
from noiser.judge.budget import Budget, BudgetSpent
from noiser.judge.cache import Cache
from noiser.judge.choose import open_judge
from noiser.judge.many import ask_many
from noiser.judge.pace import Pace, Patience
from noiser.judge.question import PAPER_MODEL, Settings, messages
from noiser.judge.remote import RemoteModel
from tests.judge.faulty import (
    Faulty,
    Play,
    good,
    half_a_body,
    hangs_up,
    held,
    says,
    serving,
    silent,
    slow,
)

QUICK = Patience(attempts=3, first=0.01, longest=0.02, longest_told=5.0, timeout=0.4)
KEY = "sk-very-secret-0123456789"
OOPS = json.dumps({"error": {"message": "the engine is on fire", "type": "server_error"}})


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NOISER_JUDGE_KEY", KEY)


def remote(server: Faulty, **options: object) -> RemoteModel:
    return RemoteModel("m", server.url, patience=QUICK, **options)  # type: ignore[arg-type]


def test_the_request_is_the_papers_setting() -> None:
    with serving(good()) as server:
        reply = ModelJudge(remote(server)).ask(["capital", "France"])
    assert reply.answers == ("Paris", "Lyon", "Nice", "Lille", "Metz")
    assert reply.parsed
    body = server.bodies[0]
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("m", 0.0, 200)
    assert body["messages"][0]["content"].endswith("\n\nWords: capital, France")
    assert server.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    "bad",
    [
        says(500, OOPS),
        says(503, "<html>busy</html>", "text/html"),
        says(429, OOPS),
        says(408, OOPS),
        says(200, "{ this is no JSON"),
        says(200, "<html>welcome</html>", "text/html"),
        says(200, '"a string"'),
        says(200, '{"choices": []}'),
        says(200, '{"choices": [{"index": 0}]}'),
        says(200, '{"choices": [{"message": {"content": [1, 2]}}]}'),
        says(200, "null"),
        half_a_body,
        hangs_up,
        silent(0.8),
    ],
)
def test_what_may_pass_is_tried_again(bad: Play) -> None:
    with serving(bad, good()) as server:
        said = remote(server).say(messages(["a"]), Settings())
    assert said.text.startswith("1. Paris")
    assert said.tokens == 30
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (says(500, OOPS), "answers with HTTP 500: the engine is on fire (tried 3 times)"),
        (
            says(200, "<html>hello</html>", "text/html"),
            "sends replies that are no chat completions",
        ),
        (half_a_body, "cannot be reached, or the connection broke off (tried 3 times)"),
        (hangs_up, "cannot be reached, or the connection broke off"),
        (silent(0.8), "gave no answer within 0.4 s"),
    ],
)
def test_what_does_not_pass_ends_in_one_sentence(bad: Play, sentence: str) -> None:
    with serving(bad) as server, pytest.raises(NoiserError, match=r".*") as told:
        remote(server).say(messages(["a"]), Settings())
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "refuses the key it was given: set NOISER_JUDGE_KEY"),
        (404, "is not there: check its name and its address"),
        (400, "answers with HTTP 400: the engine is on fire"),
        (402, "answers with HTTP 402"),
    ],
)
def test_other_failures_are_told_at_once(status: int, sentence: str) -> None:
    with serving(says(status, OOPS)) as server, pytest.raises(NoiserError) as told:
        remote(server).say(messages(["a"]), Settings())
    assert sentence in str(told.value)
    assert len(server.bodies) == 1


def test_nobody_listens() -> None:
    with serving(good()) as server:
        url = server.url
    with pytest.raises(NoiserError, match="cannot be reached"):
        RemoteModel("m", url, patience=QUICK).say(messages(["a"]), Settings())


def test_retry_after_is_heeded_and_one_too_long_is_not_waited_for() -> None:
    with serving(says(429, OOPS, Retry_After="0.3"), good()) as server:
        started = time.monotonic()
        remote(server).say(messages(["a"]), Settings())
        assert time.monotonic() - started >= 0.3  # never earlier; how much later is the machine's
    with serving(says(429, OOPS, Retry_After="3600"), good()) as server:
        with pytest.raises(NoiserError, match="HTTP 429"):
            remote(server).say(messages(["a"]), Settings())
        assert len(server.bodies) == 1


def test_the_newer_name_of_the_limit_is_used_where_a_model_insists_on_it() -> None:
    refusal = {"error": {"message": "Unsupported: 'max_tokens'. Use 'max_completion_tokens'."}}
    with serving(says(400, json.dumps(refusal)), good()) as server:
        remote(server).say(messages(["a"]), Settings())
    assert "max_tokens" not in server.bodies[1]
    assert server.bodies[1]["max_completion_tokens"] == 200


def test_many_questions_are_on_their_way_together_each_once() -> None:
    with serving(slow(0.2, good())) as server:
        judge = ModelJudge(remote(server))
        done: list[tuple[int, int]] = []
        questions = [[str(i % 6)] for i in range(12)]
        answered = ask_many(judge, questions, at_once=3, watch=lambda *now: done.append(now))
    assert len(server.bodies) == 6
    assert server.most_at_once == 3
    assert done[-1] == (6, 6)
    assert answered.ask(["5"]).parsed


def test_a_failure_stays_with_its_question() -> None:
    with serving(says(400, OOPS), good()) as server:
        answered = ask_many(ModelJudge(remote(server)), [["a"], ["b"]], at_once=1)
    with pytest.raises(NoiserError, match="HTTP 400"):
        answered.ask(["a"])
    assert answered.ask(["b"]).parsed
    assert answered.unasked == ()


def test_the_budget_of_calls_counts_repetitions_and_stops_cleanly() -> None:
    budget = Budget(max_calls=3)
    with serving(good(), says(500, OOPS), good()) as server:
        judge = ModelJudge(remote(server, budget=budget))
        answered = ask_many(judge, [["a"], ["b"], ["c"]], at_once=1)
    assert len(server.bodies) == budget.calls == 3
    assert answered.ask(["b"]).parsed
    assert len(answered.unasked) == 1
    with pytest.raises(BudgetSpent, match="budget of 3 calls is spent"):
        answered.ask(["c"])


def test_the_budget_of_tokens_is_never_exceeded_where_the_guess_is_high() -> None:
    with serving(good(tokens=150)) as server:
        budget = Budget(max_tokens=1000)
        judge = ModelJudge(remote(server, budget=budget))
        answered = ask_many(judge, [[str(i)] for i in range(30)], at_once=4)
    assert answered.unasked
    assert 0 < budget.tokens <= 1000
    assert budget.tokens == 150 * len(server.bodies)


def test_a_minute_has_so_many_requests() -> None:
    with serving(good()) as server:
        started = time.monotonic()
        ask_many(ModelJudge(remote(server, pace=Pace(600))), [[str(i)] for i in range(4)])
        assert time.monotonic() - started >= 0.3  # three gaps of a tenth of a second


def test_cancelling_ends_a_long_wait() -> None:
    cancel = threading.Event()
    with serving(says(429, OOPS, Retry_After="4")) as server:
        judge = ModelJudge(remote(server, cancel=cancel))
        threading.Timer(0.2, cancel.set).start()
        with pytest.raises(Cancelled):
            ask_many(judge, [["a"], ["b"]], cancel=cancel)
        assert len(server.bodies) <= 2


def test_cancelling_leaves_a_silent_server_and_keeps_what_was_said(tmp_path: Path) -> None:
    cancel, goes_on = threading.Event(), threading.Event()
    with serving(good(), held(goes_on, good())) as server:
        talker = RemoteModel("m", server.url, cancel=cancel)  # as patient as for the user
        cache = Cache(tmp_path / "c.sqlite")
        judge = ModelJudge(talker, cache)
        questions = [[word] for word in "abcdef"]

        def stop() -> None:
            until(lambda: server.at_once == 2 and judge.asked == 1)
            cancel.set()

        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(Cancelled):
            ask_many(judge, questions, at_once=2, cancel=cancel)
        assert server.at_once == 2, "nobody has answered these yet"
        assert all(one.daemon for one in threading.enumerate() if one.name == "judge")
        goes_on.set()
        until(lambda: judge.asked == 3)
        until(lambda: not [one for one in threading.enumerate() if one.name == "judge"])
        assert len(server.bodies) == 3, "no further call was made"
        again = ModelJudge(RemoteModel("m", server.url), cache)
        ask_many(again, questions)
        assert (again.known, again.asked) == (3, 3), "late answers are paid for, and kept"


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_rerun_costs_nothing_and_keeps_everything(tmp_path: Path) -> None:
    with serving(good()) as server:
        for _ in range(2):
            judge = ModelJudge(remote(server), Cache(tmp_path / "c.sqlite"))
            judge.ask(["capital", "France"])
            judge.note(["capital", "France"], " Paris", first=True, any_of_five=True)
        assert (judge.asked, judge.known) == (0, 1)
        assert len(server.bodies) == 1
        ModelJudge(remote(server), Cache(tmp_path / "c.sqlite"), Settings(reply_tokens=9)).ask(
            ["capital", "France"]
        )
        assert len(server.bodies) == 2  # other settings are another question
    data = sqlite3.connect(tmp_path / "c.sqlite")
    model, place, raw, asked = data.execute(
        "SELECT model, place, raw, messages FROM replies WHERE settings LIKE '%200%'"
    ).fetchone()
    assert (model, place) == ("m", server.url)
    assert raw.startswith("1. Paris")
    assert json.loads(asked) == messages(["capital", "France"])
    assert data.execute("SELECT target, first, parsed FROM verdicts").fetchall() == [
        (" Paris", 1, 1)
    ]
    data.close()


def test_the_key_is_nowhere_but_in_the_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    echo = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}."}})
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    reply = good(f"1. I was asked with {KEY}\n2. b\n3. c\n4. d\n5. e")
    with serving(reply, says(403, echo), says(401, echo), says(418, KEY, "text/plain")) as server:
        judge = ModelJudge(remote(server), Cache(tmp_path / "c.sqlite"))
        assert judge.ask(["a"]).answers[0] == "I was asked with [key]"
        for word in "bcd":
            with pytest.raises(NoiserError) as error:
                judge.ask([word])
            told += [str(error.value), repr(error.value), repr(error.value.__cause__)]
            assert error.value.__suppress_context__
    assert any("[key]" in text for text in told)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    output = capfd.readouterr()
    everything = [*told, caplog.text, output.out, output.err, repr(vars(judge)), repr(judge.talker)]
    assert not any(KEY in text for text in everything)
    assert KEY.encode() not in written


def test_without_a_key_none_is_sent_and_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NOISER_JUDGE_KEY")
    with serving(says(401, OOPS)) as server:
        with pytest.raises(NoiserError, match="was given no key: set NOISER_JUDGE_KEY or OPENAI"):
            remote(server).say(messages(["a"]), Settings())
        assert server.keys == ["Bearer none"]
        monkeypatch.setenv("OPENAI_API_KEY", "other")
        with pytest.raises(NoiserError, match="refuses the key"):
            remote(server).say(messages(["a"]), Settings())
        assert server.keys[-1] == "Bearer other"


@pytest.mark.parametrize(
    "url",
    ["", "api.example.com/v1", "ftp://example.com", "http://", "http://[", "http://a:99999/v1"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(WrongUse, match="is no address"):
        RemoteModel("m", url)


@pytest.mark.parametrize("url", ["http://me:pw@example.com/v1", "https://example.com/v1?key=pw"])
def test_an_address_with_a_secret_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(WrongUse) as told:
        RemoteModel("m", url)
    assert "pw" not in str(told.value)


def test_judges_by_name(tmp_path: Path) -> None:
    cache = tmp_path / "c.sqlite"
    paper = open_judge("paper", cache=cache)
    assert (paper.talker.name, paper.settings) == (PAPER_MODEL, Settings(0.0, 200))
    assert open_judge("m", "http://h/v1/", cache=cache).talker.place == "http://h/v1"
    for name, url, sentence in (
        ("m", None, "needs the address"),
        ("local:", None, "names no model"),
        ("local:x", "http://h", "runs on this machine"),
        ("built-in", "http://h", "runs on this machine"),
        (" ", "http://h", "name is empty"),
    ):
        with pytest.raises(WrongUse, match=sentence):
            open_judge(name, url, cache=cache)
