"""The options of metrics and of the judge: kept in the settings, used by the next question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser.metrics.removal import GRAINS
from noiser_tui.settings.measuring import AUTO, Judge, Metrics
from noiser_tui.settings.schema import SETTINGS, Values
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import AskJudge, MeasureMetrics
from noiser_tui.workbench.measuring_options import judge_job, measure_job, no_effect, problem
from noiser_tui.workbench.screens.section import SectionOptions
from tests.workbench.answers import explanation_of
from tests.workbench.fake import ScriptedEngine, workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot

KEY = "sk-secret-0123456789"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOISER_JUDGE_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def configured(
    folder: Path, size: tuple[int, int] = (100, 30), environ: dict[str, str] | None = None
) -> AsyncIterator[tuple[Workbench, Pilot[int], ScriptedEngine]]:
    settings = load_settings(folder, environ=environ or {}, user=folder / "settings.toml")
    async with workbench(size, settings=settings) as made:
        await type_and_run(made[1], made[0])
        yield made


async def change(pilot: Pilot[int], name: str, *keys: str) -> None:
    """Go to a setting by its name, and answer what is asked."""
    await pilot.press(*name, "enter")
    await pilot.pause()
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.press("ctrl+u")
    await pilot.pause()


def test_defaults_are_those_of_the_engine() -> None:
    made = explanation_of(PROMPT)
    assert measure_job(made, Metrics()) == MeasureMetrics(made)
    assert judge_job(made, Judge(), "auto") == AskJudge(made)
    assert SETTINGS["metrics.grain"].kind.allowed == ", ".join((AUTO, *GRAINS))


def test_every_option_reaches_the_job() -> None:
    made = explanation_of(PROMPT)
    asked = Metrics("hard, soft", 8, 3, "10,25.5", "word", "mean")
    assert measure_job(made, asked) == MeasureMetrics(
        made, 8, 3, ("soft", "hard"), False, (10.0, 25.5), "word", "mean"
    )
    assert measure_job(made, replace(asked, reference=True)).masks == 1
    judge = Judge("m", "http://here/v1", 30, 2, 10, 900, 60.5, 3, "~/replies.sqlite")
    assert judge_job(made, judge, "cpu") == AskJudge(
        made, "m", "http://here/v1", 30, 2, "cpu", 10, 900, 60.5, 3, Path("~/replies.sqlite")
    )
    assert judge_job(made, replace(judge, name="local:x"), "cpu").url is None


def test_what_does_not_count_says_why_and_what_cannot_be_asked_is_told() -> None:
    values = replace(Values(), metrics=Metrics("soft", reference=True))
    assert no_effect("metrics.percents", values) == "hard is not measured"
    assert no_effect("metrics.masks", values) == "the released code takes one mask"
    assert no_effect("judge.url", values) == "this judge runs on this machine"
    assert problem("judge", values) == ""
    assert problem("judge", replace(values, judge=Judge("paper"))) == ""
    assert "needs the url of a server" in problem("judge", replace(values, judge=Judge("gpt")))
    assert "names no model" in problem("judge", replace(values, judge=Judge("local:")))


async def test_metrics_are_measured_by_what_was_chosen_and_the_settings_keep_it(
    tmp_path: Path,
) -> None:
    async with configured(tmp_path) as (app, pilot, engine):
        await pilot.press("shift+f6")
        await change(pilot, "masks", "end", "backspace", "backspace", *"8", "enter")
        await change(pilot, "which", "down", "space", "enter")
        await change(pilot, "grain", *"sentence", "enter")
        assert "percents" in text_of(app)
        assert "no effect: hard is not measured" in text_of(app)
        await pilot.press("pageup", "enter")
        await settled(pilot)
        job = engine.jobs[-1]
        assert isinstance(job, MeasureMetrics)
        assert (job.metrics, job.masks, job.grain) == (("soft", "curves"), 8, "sentence")
        await pilot.press("alt+i")
        await settled(pilot)
        assert "8 masks, seed 1; tokens → zero; 1 target: no interval" in text_of(app)
        assert app.state.measured.missing == ()
    kept = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    assert kept.values.metrics == Metrics("soft,curves", 8, grain="sentence")


async def test_a_value_that_cannot_be_is_told_and_one_that_does_not_count_too(
    tmp_path: Path,
) -> None:
    async with configured(tmp_path, environ={"NOISER_METRICS_SEED": "9"}) as (app, pilot, _):
        await pilot.press("shift+f6", *"percents", "enter")
        await pilot.pause()
        await pilot.press("end", *",x", "enter")
        await pilot.pause()
        assert "give numbers above 0, up to 100" in text_of(app)
        await pilot.press("escape", "ctrl+u")
        await change(pilot, "seed", "end", "backspace", *"4", "enter")
        assert "metrics.seed stays 9: environment, NOISER_METRICS_SEED counts before" in text_of(
            app
        )
        assert app.values.metrics.seed == 9
        await pilot.press(*"percents", "delete")
        await pilot.pause()
        assert app.values.metrics.percents == "1,5,10,20,50"


async def test_what_the_folder_says_is_changed_in_the_folders_file(tmp_path: Path) -> None:
    (tmp_path / ".noiser").mkdir()
    file = tmp_path / ".noiser" / "settings.toml"
    file.write_text("[metrics]\nreference = true\n")
    async with configured(tmp_path) as (app, pilot, _):
        await pilot.press("shift+f6", *"reference", "enter")
        await pilot.pause()
        assert file.read_text() == "[metrics]\nreference = false\n"
        await pilot.press("delete")
        await pilot.pause()
        assert "reference" not in file.read_text()
        assert not app.values.metrics.reference


async def test_the_judge_that_was_chosen_is_asked_with_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOISER_JUDGE_KEY", KEY)
    async with configured(tmp_path) as (app, pilot, engine):
        await pilot.press("shift+f7")
        await pilot.pause()
        assert "NOISER_JUDGE_KEY  " in text_of(app)
        await change(pilot, "name", *"gpt", "enter")
        assert "needs the url of a server" in text_of(app)
        await pilot.press("pageup", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SectionOptions), "what cannot be asked is not asked"
        await change(pilot, "url", *"http://127.0.0.1:1/v1", "enter")
        await change(pilot, "top", "end", "backspace", "backspace", *"12.5", "enter")
        await change(pilot, "max_calls", "end", "backspace", *"7", "enter")
        await pilot.press("pageup", "enter")
        await settled(pilot)
        job = engine.jobs[-1]
        assert isinstance(job, AskJudge)
        assert (job.judge, job.url) == ("gpt", "http://127.0.0.1:1/v1")
        assert (job.percent, job.max_calls, job.max_tokens) == (12.5, 7, None)
        assert KEY not in text_of(app)
    assert KEY not in (tmp_path / "settings.toml").read_text()


async def test_a_folders_file_does_not_say_who_is_asked(tmp_path: Path) -> None:
    (tmp_path / ".noiser").mkdir()
    (tmp_path / ".noiser" / "settings.toml").write_text(
        '[judge]\nname = "m"\nurl = "http://elsewhere/v1"\ntop = 20\n'
    )
    async with configured(tmp_path) as (app, pilot, engine):
        assert sum("your own settings only" in one for one in app.desk.problems) == 2
        await pilot.press("alt+y")
        await settled(pilot)
        job = engine.jobs[-1]
        assert isinstance(job, AskJudge)
        assert (job.judge, job.url, job.percent) == ("built-in", None, 20)


async def test_without_settings_there_is_nothing_to_change() -> None:
    async with workbench() as (app, pilot, _):
        await pilot.press("shift+f6")
        assert "started without settings" in app.state.error


@pytest.mark.parametrize("size", SIZES)
async def test_the_options_look_as_they_did(
    tmp_path: Path, size: tuple[int, int], snapshot: Snapshot
) -> None:
    async with configured(tmp_path, size) as (_, pilot, _):
        await pilot.press("shift+f7")
        await snapshot(pilot, "judge-options")
