"""The status bar: what stands in it at each width, and the numbers that the engine's events bring."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.events import ModelFetching
from noiser.model.info import ModelInfo
from noiser_tui.look.cells import cell_width
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.desk import model_asked
from noiser_tui.workbench.engine import (
    EngineTold,
    ExplainPrompt,
    JobEnded,
    LoadModel,
    Memory,
    QueueChanged,
)
from noiser_tui.workbench.engine.gauge import Gauge
from noiser_tui.workbench.pace import Pace
from noiser_tui.workbench.widgets.fitting import KEPT, Part, fitted
from noiser_tui.workbench.widgets.status_bar import whole_status
from tests.tiny import tiny
from tests.workbench.fake import screen_lines, script, workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run
from tests.workbench.test_desk import two_runs

INFO = ModelInfo(
    name="Qwen/Qwen2.5-7B-Instruct",
    family="qwen2",
    parameters=7_600_000_000,
    bytes=15_200_000_000,
    dtype="bfloat16",
    device="cuda:0",
    attention="sdpa",
    context=32768,
)
MEMORY = Memory(61.4e9, 79.6e9)


def status(app: Workbench) -> str:
    return screen_lines(app)[app.size.height - 2].strip()


def on_large(app: Workbench) -> None:
    """Let the workbench have a large model on a GPU."""
    page, run = app.state, app.state.run
    if run.explanation is not None:
        own = {**run.explanation.model, "name": INFO.name}
        run = replace(run, explanation=replace(run.explanation, model=own))
    page = replace(page, model=INFO, model_name=INFO.name, run=run)
    app.desk = replace(app.desk, model=INFO, model_name=INFO.name, memory=MEMORY)
    app.show_page(page)


QWEN = "Qwen2.5-7B-Instruct · cuda:0"


@pytest.mark.parametrize(
    ("width", "running", "done"),
    [
        (60, f"{QWEN} │ running │ ⚠ 1 │ 61k tok/s", f"{QWEN} │ done │ α* 0.0859 │ ⚠ 1"),
        (
            80,
            f"{QWEN} · 61.4 GB free │ running │ ⚠ 1 │ 61k tok/s",
            f"{QWEN} · 61.4 GB free │ done │ α* 0.0859 │ ⚠ 1 │ 5k tok/s",
        ),
        (
            100,
            f"Qwen/{QWEN} bf16 · 61.4 GB free │ running │ ⚠ 1 │ noiser/min │ 61k tok/s",
            f"{QWEN} bf16 · 61.4 GB free │ done │ α* 0.0859 │ ⚠ 1 │ noiser/min │ 5k tok/s",
        ),
        (
            120,
            f"Qwen/{QWEN} bf16 · 15.2 GB · 61.4 of 79.6 GB free │ running │ ⚠ 1 │ noiser/min │ "
            "61k tok/s",
            f"Qwen/{QWEN} bf16 · 61.4 GB free │ done │ α* 0.0859 │ 0.40 s │ ⚠ 1 │ noiser/min │ "
            "5k tok/s",
        ),
        (
            200,
            f"Qwen/{QWEN} bf16 · 15.2 GB · 61.4 of 79.6 GB free │ running │ ⚠ 1 │ noiser/min │ "
            "61k tok/s",
            f"Qwen/{QWEN} bf16 · 15.2 GB · 61.4 of 79.6 GB free │ done │ α* 0.0859 │ 0.40 s │ ⚠ 1 │ "
            "noiser/min │ 5k tok/s",
        ),
    ],
)
async def test_what_stands_at_each_width(width: int, running: str, done: str) -> None:
    async with workbench((width, 24)) as (app, pilot, engine):
        app.desk = replace(app.desk, problems=("one",))
        engine.pause_at = 3
        await type_and_run(pilot, app)
        on_large(app)
        app.show_page(replace(app.state, pace=Pace(rate=61_234)))
        await pilot.pause()
        assert status(app) == running
    async with workbench((width, 24)) as (app, pilot, _):
        app.desk = replace(app.desk, problems=("one",))
        await type_and_run(pilot, app)
        on_large(app)
        await pilot.pause()
        assert status(app) == done


async def test_what_has_no_room_is_said_in_full() -> None:
    async with workbench((60, 16)) as (app, pilot, _):
        await type_and_run(pilot, app)
        on_large(app)
        await pilot.pause()
        assert "noiser/min" not in status(app)
        await pilot.click("#status", offset=(34, 0))
        await pilot.pause()
        text = text_of(app)
        whole = "Qwen/Qwen2.5-7B-Instruct · cuda:0 bf16 · 15.2 GB"
        for said in (
            whole,
            "61.4 of 79.6 GB free",
            "α* 0.0859",
            "0.40 s",
            "noiser/min",
            "5k tok/s",
        ):
            assert said in text, said
        await pilot.press("escape")
        await pilot.pause()
        assert not app.facts()["modal"]


async def test_what_is_free_comes_with_the_engine_s_events() -> None:
    async with workbench((120, 24)) as (app, pilot, engine):
        assert "free" not in status(app)
        job = ExplainPrompt("x", app.state.request)
        engine.post(EngineTold(99, script("x")[0], memory=Memory(3e9, 8e9)))
        await pilot.pause()
        assert "12.0 MB · 3.0 of 8.0 GB free │" in status(app)
        engine.post(JobEnded(99, job, model=engine.model, memory=Memory(2e8, 8e9)))
        await pilot.pause()
        assert "12.0 MB · 200.0 MB of 8.0 GB free │" in status(app)
        engine.post(JobEnded(99, job, model=engine.model))
        await pilot.pause()
        assert "200.0 MB of 8.0 GB free │" in status(app), "who did not look takes nothing back"


async def test_a_model_that_comes_from_the_hub_tells_how_far_it_is() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        app.show_desk(model_asked(app.desk, "big/model", 99))
        engine.post(EngineTold(99, ModelFetching("big/model", 1_200_000_000, 3_400_000_000)))
        await pilot.pause()
        assert status(app).startswith("big/model · 1.2 GB of 3.4 GB fetched │ loading")
        engine.post(JobEnded(99, LoadModel("big/model"), model=engine.model))
        await pilot.pause()
        assert "fetched" not in status(app)


def test_the_gauge_reads_the_model_s_device_and_not_too_often() -> None:
    gauge, model = Gauge(), tiny("qwen2")
    assert gauge.read(None) is None
    memory = gauge.read_again(model)
    assert memory is not None
    assert 0 < memory.free <= memory.total
    assert gauge.read_again(model) is None, "that was a moment ago"
    assert gauge.read(model) is not None
    broken = replace(model.info, device="offloaded")
    model = type(model)(model.network, model.tokenizer, broken)
    assert gauge.read(model) is None


def test_what_was_done_before_is_no_pace_of_a_run_that_goes_on() -> None:
    pace = Pace(goes_on=True).heard(10.0, 0).heard(10.7, 900_000)
    assert pace.rate == 0
    assert pace.heard(12.7, 920_000).rate == 10_000


def test_the_pace_by_hand() -> None:
    pace = Pace().heard(10.0, 500)
    assert pace.rate == 0
    assert pace.heard(10.2, 900).rate == 0, "too soon to say"
    pace = pace.heard(12.0, 2500)
    assert pace.rate == 1000
    assert pace.heard(12.3, 9000) is pace, "it is read, not watched"
    assert pace.heard(14.0, 4500).rate == 1000
    assert pace.heard(20.0, 30).rate == 0, "another target: its work begins at nothing"


async def test_a_run_tells_its_pace_from_the_times_of_its_events() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        engine.pause_at = 1
        await type_and_run(pilot, app)
        job = len(engine.jobs)
        begun = app.state.pace.since
        for after, event in zip((2.0, 3.0), script(PROMPT)[1:3], strict=True):
            message = EngineTold(job, event)
            message.time = begun + after
            engine.post(message)
        await pilot.pause()
        assert app.state.pace.rate == pytest.approx(900 / 3)
        assert status(app).endswith("│ 300 tok/s")


PARTS = st.builds(
    Part,
    text=st.text("ab界", min_size=3, max_size=20),
    short=st.text("ab", max_size=3),
    keep=st.integers(0, KEPT),
    long=st.integers(0, KEPT - 1),
    joined=st.booleans(),
)


@given(st.lists(PARTS, max_size=8), st.integers(0, 160))
def test_parts_fit_and_those_that_matter_stay(parts: list[Part], width: int) -> None:
    shown = fitted(parts, width)
    cells = sum(cell_width(text) for text, _ in shown)
    kept = [part for part in parts if part.keep == KEPT]
    assert cells <= width or len(shown) == len(kept), "only what is never left out may be too wide"
    texts = [text[1:] if index == 0 else text[3:] for index, (text, _) in enumerate(shown)]
    left = iter(parts)
    assert all(any(text in (one.text, one.short) for one in left) for text in texts), "in order"
    if sum(cell_width(part.text) + 3 for part in parts) <= width:
        assert texts == [part.text for part in parts]


def test_a_run_that_waits_says_so_and_short_work_is_not_counted() -> None:
    now = two_runs()
    first, second = (one.id for one in now.documents)
    short = 9
    now = replace(now, running=7, waiting=(short, 8))
    assert whole_status(now)[-3:] == ["waiting", "noiser/min", "1 waiting"]
    now = replace(now, active_id=first)
    assert whole_status(now)[-3:] == ["running", "noiser/min", "1 waiting"]
    now = replace(now, active_id=second, running=8, waiting=(short,))
    assert whole_status(now)[-2:] == ["running", "noiser/min"]


async def test_what_was_taken_back_waits_no_more_whichever_word_of_it_comes_last():
    async with workbench((120, 24)) as (app, pilot, _):
        # what a thread posts is handed to the loop first, and comes after what the loop posts itself
        thread = threading.Thread(target=app.post_message, args=(QueueChanged(1, (2,), 7),))
        thread.start()
        thread.join()
        app.post_message(QueueChanged(1, (), 8))
        await settled(pilot)
        assert (app.desk.running, app.desk.waiting) == (1, ())
        assert "waiting" not in status(app)
        app.post_message(QueueChanged(1, (3,), 9))
        await settled(pilot)
        assert app.desk.waiting == (3,)
