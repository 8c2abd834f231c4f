"""A judge asked from the workbench, a server on loopback: what it says, and what is said of its failures."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from noiser.errors import Cancelled
from noiser.judge import remote
from noiser.judge.pace import Patience
from noiser.metrics.results import Number
from noiser_tui.look.themes import load_theme
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.comparison_page import finished_page
from noiser_tui.workbench.engine import AskJudge, EngineThread, JudgeAnswered, JudgeAsked
from noiser_tui.workbench.engine.context import Context
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.measured import Measured, failures
from noiser_tui.workbench.panes import metric_notes as notes
from noiser_tui.workbench.panes.metric_lines import soft, verdict
from noiser_tui.workbench.panes.metric_text import in_full
from noiser_tui.workbench.panes.metrics import NOT_HERE
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.state import State
from noiser_tui.workbench.views.view import KINDS
from noiser_tui.workbench.widgets.measured_by import made_by
from tests.comparison.rows import compared
from tests.judge.faulty import good, held, says, serving, slow
from tests.workbench.answers import explanation_of, metrics_of
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run, until

KEY = "sk-very-secret-0123456789"
BUSY = says(429, '{"error": {"message": "slow down"}}')
PENS = Pens(load_theme("dark"), "256")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NOISER_JUDGE_KEY", KEY)
    quick = Patience(attempts=2, first=0.01, longest=0.02, timeout=2.0)
    monkeypatch.setattr(remote, "Patience", lambda: quick)


def posted(number: int, job: AskJudge, cancel: threading.Event | None = None) -> list[Message]:
    """All that a job posts, run here and now."""
    messages: list[Message] = []
    job.run(Context(number, cancel or threading.Event(), messages.append))
    return messages


def asked(tmp_path: Path, url: str, **options: Any) -> Any:
    """The verdict of a judge at that address."""
    cache = tmp_path / "replies.sqlite"
    job = AskJudge(explanation_of(PROMPT), "m", url, cache=cache, **options)
    (answered,) = [one for one in posted(1, job) if isinstance(one, JudgeAnswered)]
    return answered.verdict


def lines_of(found: Any, width: int = 80) -> list[str]:
    return ["".join(part.text for part in line) for line in verdict(found, PENS, width)]


def test_a_busy_server_is_asked_again_and_its_answers_are_counted(tmp_path: Path) -> None:
    with serving(BUSY, good()) as server:
        found = asked(tmp_path, server.url, at_once=1)
        assert len(server.bodies) == 5
        lines = lines_of(found)
        assert lines[1].startswith(" top words 50%   ✓ yes    ✓ yes")
        assert "Paris, Lyon, Nice, Lille, Metz" in lines[1]
        assert lines[-1] == " 1 sample: no interval; 4 answered"
        again = asked(tmp_path, server.url)
        assert len(server.bodies) == 5, "what is known is not asked again"
        assert notes.counts(again) == "0 answered, 4 known from before"


def test_replies_that_are_no_list_of_five_are_counted_and_shown(tmp_path: Path) -> None:
    with serving(good("I would rather not say which city that is, if you do not mind.")) as server:
        found = asked(tmp_path, server.url)
    assert notes.counts(found) == "4 answered, 4 unparsed"
    assert "✗ no" in lines_of(found)[1]
    assert "(unparsed)" in lines_of(found, 120)[1]
    told = [text for text, _ in in_full(Measured(verdict=found))]
    assert any(text.startswith("No list of five: 'I would rather") for text in told)


def test_a_server_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with serving(says(200, "<html>hello</html>", "text/html")) as server:
        found = asked(tmp_path, server.url)
    (sentence,) = failures(found)
    assert "no chat completions: check its address, which often ends in /v1" in sentence
    assert notes.counts(found) == "0 answered, 4 failed"
    assert lines_of(found)[1] == " top words 50%   – no reply"
    assert any("no rate" in text for text, _ in in_full(Measured(verdict=found)))


def test_a_spent_budget_stops_and_says_so(tmp_path: Path) -> None:
    with serving(good()) as server:
        found = asked(tmp_path, server.url, max_calls=2, at_once=1)
        assert len(server.bodies) == 2
    assert notes.counts(found) == "2 answered, 2 not asked: the budget is spent"
    assert failures(found) == ("The budget of 2 calls is spent.",)
    assert lines_of(found)[3] == " random words    – not asked"


def test_esc_stops_between_calls(tmp_path: Path) -> None:
    cancel = threading.Event()
    with serving(slow(0.05, good())) as server:
        cache = tmp_path / "replies.sqlite"
        job = AskJudge(explanation_of(PROMPT), "m", server.url, at_once=1, cache=cache)

        def heard(message: Message) -> None:
            if isinstance(message, JudgeAsked):
                cancel.set()

        with pytest.raises(Cancelled):
            job.run(Context(1, cancel, heard))
        assert len(server.bodies) < 4


@pytest.mark.parametrize(
    ("status", "key", "sentence"),
    [
        (401, KEY, "refuses the key it was given: set NOISER_JUDGE_KEY"),
        (401, "", "was given no key: set NOISER_JUDGE_KEY or OPENAI_API_KEY"),
        (0, KEY, "cannot be reached, or the connection broke off"),
    ],
)
async def test_what_fails_stands_in_the_pane_and_among_the_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, key: str, sentence: str
) -> None:
    monkeypatch.setenv("NOISER_JUDGE_KEY", key)
    with serving(says(status or 500, "{}")) as server:
        url = server.url if status else "http://127.0.0.1:9/v1"
        (tmp_path / "settings.toml").write_text(
            f'[judge]\nname = "m"\nurl = "{url}"\ncache = "{tmp_path / "replies.sqlite"}"\n'
        )
        settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
        async with workbench((120, 40), settings=settings) as (app, pilot, engine):
            engine.answering[AskJudge] = posted
            await type_and_run(pilot, app)
            await pilot.press("alt+y")
            await settled(pilot)
            found = [one for one in problems(app.desk) if one.where == "judge"]
            assert len(found) == 1
            assert sentence in found[0].sentence
            screen = " ".join(text_of(app).split())
            assert "– no reply" in screen
            assert "0 answered, 4 failed" in screen
            assert not key or key not in screen
            await pilot.press("alt+i")
            await pilot.press("alt+j")
            await settled(pilot)
            assert app.state.job == 0


def test_a_faithfulness_that_is_none_says_why() -> None:
    found = metrics_of(explanation_of(PROMPT)).soft
    assert found is not None
    assert found.why_no_ratio == ""
    zero, none = Number(0.0, (0.0, 0.1)), Number(None)
    random = replace(found, random_sufficiency=zero, log_ratio=none)
    both = replace(random, comprehensiveness=zero)
    nothing = replace(
        found,
        sufficiency=none,
        comprehensiveness=none,
        random_sufficiency=none,
        random_comprehensiveness=none,
        log_ratio=none,
    )
    assert random.why_no_ratio == "random's Soft-NS is 0"
    assert both.why_no_ratio == "Soft-NC and random's Soft-NS are 0"
    assert nothing.why_no_ratio == "the prediction is the same without the prompt"
    row = "".join(part.text for part in soft(random, PENS, 57)[3])
    assert row == " faithfulness    –   random's Soft-NS is 0"
    (told,) = [text for text, tone in in_full(Measured(soft=random)) if tone == "warning"]
    assert "random's Soft-NS is 0" in told
    unsure = replace(found, log_ratio=Number(0.4))
    row = "".join(part.text for part in soft(unsure, PENS, 80)[3])
    assert row == " faithfulness    0.400   no interval: a part is 0 for some masks"


def test_no_interval_is_said_in_words() -> None:
    found = metrics_of(explanation_of(PROMPT))
    measured = Measured(soft=found.soft, hard=found.hard)
    assert made_by(measured) == "16 masks, seed 1; tokens → zero; 1 target: no interval"
    assert found.soft is not None
    one = replace(found.soft, masks=1, reference=True)
    assert made_by(Measured(soft=one)) == "the released code's one mask, seed 1: no interval"
    curves = replace(found.curves, deletion_area=Number(0.2, (0.1, 0.3)))  # type: ignore[type-var]
    assert made_by(Measured(curves=curves)) == "tokens → zero"


async def test_all_that_was_measured_is_told_in_full() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x", "alt+y")
        await settled(pilot)
        app.panel.query_one("#metrics").focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "Soft-NS: 0.620 (0.570–0.670); random scores 0.400" in text_of(app)
        await pilot.press("end")
        await settled(pilot)
        assert "1 sample: no interval" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert not app.facts()["modal"]


def test_every_kind_of_document_has_its_words() -> None:
    assert NOT_HERE.keys() == KINDS.keys() - {State.kind}


async def test_what_has_no_metrics_says_so_before_it_is_asked() -> None:
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+i")
        made = app.state.run.explanation
        assert made is not None
        for changes, words in (
            ({"explains": "reward"}, "Metrics are of predictions, and a reward is explained here."),
            ({"complete": False}, "Metrics are of whole explanations, and this run was stopped"),
        ):
            run = replace(app.state.run, explanation=replace(made, **changes))  # type: ignore[arg-type]
            app.show_page(replace(app.state, run=run))
            await settled(pilot)
            assert words in text_of(app)


async def test_other_documents_say_in_words_why_there_are_no_metrics(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    async with workbench((80, 24), settings=settings) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        made = explanation_of(PROMPT)
        app.open_page(finished_page(compared({"one": made, "two": made})))
        await settled(pilot)
        assert "A comparison has no metrics of its own: open one of its rows" in text_of(app)
        await pilot.press("alt+g")
        await settled(pilot)
        assert "stands among the settings under METRICS and JUDGE" in text_of(app)


async def test_esc_leaves_a_silent_server_and_says_what_is_kept(tmp_path: Path) -> None:
    goes_on = threading.Event()
    with serving(good(), held(goes_on, good())) as server:
        (tmp_path / "settings.toml").write_text(
            f'[judge]\nname = "m"\nurl = "{server.url}"\nat_once = 1\n'
            f'cache = "{tmp_path / "replies.sqlite"}"\n'
        )
        settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
        async with workbench((120, 40), settings=settings) as (app, pilot, engine):
            await type_and_run(pilot, app)
            real = EngineThread(engine.post)
            real.start()
            app.engine = real
            await pilot.press("alt+y")
            await until(pilot, lambda: len(server.bodies) >= 2)
            await pilot.press("escape")
            await until(pilot, lambda: app.state.job == 0)
            assert server.at_once >= 1, "the server is still silent"
            assert app.state.note == (
                "Cancelled: what the judge answered is kept, and Alt+Y asks only for the rest."
            )
            goes_on.set()
