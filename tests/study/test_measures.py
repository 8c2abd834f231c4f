"""Each measure gives what its metric gives, and its columns what the metric makes of samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import noiser
from noiser.errors import NoiserError
from noiser.judge.protocol import Reply
from noiser.metrics.faithfulness import faithfulness
from noiser.metrics.results import Soft
from noiser.study import answers
from noiser.study.planning import plan
from noiser.study.registry import MEASURES
from noiser.study.spec import DataChoice, Study
from noiser.study.store import Store
from noiser.study.table import make_table
from tests.study.cases import run_all, small_study
from tests.tiny import tiny

PROMPTS = ("Rome (and the sea) is", "Paris (and rivers) is", "code (or text) is", "no aside")


def _study(folder: Path, **changes: object) -> Study:
    path = folder / "own.json"
    words = ("Rome", "Paris", "code", "no")
    samples = [{"prompt": p, "relative": w} for p, w in zip(PROMPTS, words, strict=True)]
    path.write_text(json.dumps(samples))
    own = (DataChoice("own", file=str(path)),)
    options = {"models": ("qwen2",), "datasets": own, "masks": 2, **changes}
    return small_study(folder, **options)


def _values(folder: Path, study: Study) -> dict[tuple[str, str], dict[str, float | None]]:
    """What was measured, by prompt and method."""
    plan(folder / "study", study, {})
    run_all(folder / "study")
    with Store(folder / "study") as store:
        return {
            (store.sample("own", row.number).prompt, row.setting.method): row.result["values"]
            for row in store.rows()
            if row.result is not None
        }


def test_faithfulness_is_that_of_the_metric(tmp_path: Path) -> None:
    study = _study(tmp_path, metrics=("soft",))
    values = _values(tmp_path, study)
    softs: list[Soft] = []
    for setting in study.settings():
        if setting.method == "noiser":
            for prompt in PROMPTS:
                own = noiser.explain(tiny("qwen2"), prompt, study.request(setting))
                soft = noiser.measure(tiny("qwen2"), own, ("soft",), masks=2, seed=1).soft
                assert soft is not None
                softs.append(soft)
                assert values[prompt, "noiser"]["soft_ns"] == soft.sufficiency.value
                assert values[prompt, "noiser"]["random_nc"] == soft.random_comprehensiveness.value
    wanted = faithfulness(softs)
    with Store(tmp_path / "study") as store:
        table = make_table(store)
    cells = dict(zip([column.name for column in table.columns], table.lines[0].cells, strict=True))
    for name, number in (
        ("faithfulness", wanted.value),
        ("ln NS", wanted.sufficiency),
        ("ln NC", wanted.comprehensiveness),
        ("Soft-NS", wanted.mean_sufficiency),
    ):
        assert cells[name].value == (None if number.value is None else pytest.approx(number.value))


def test_random_scores_are_the_same_for_every_method(tmp_path: Path) -> None:
    values = _values(tmp_path, _study(tmp_path, metrics=("soft",)))
    for prompt in PROMPTS:
        own, other = (values[prompt, method] for method in ("noiser", "random"))
        assert (own["random_ns"], own["random_nc"]) == (other["random_ns"], other["random_nc"])


def test_shares_of_parts_are_none_without_a_distractor(tmp_path: Path) -> None:
    values = _values(tmp_path, _study(tmp_path, metrics=("parts", "hit"), specials="exclude"))
    for (prompt, _), found in values.items():
        main, distractor = found["share_main"], found["share_distractor"]
        if prompt == "no aside":
            assert main is distractor is None
        elif main is not None and distractor is not None:
            assert main + distractor == pytest.approx(1.0)
            assert 0 <= (found["share_relative"] or 0.0) <= main + 1e-9
        assert found["hit1"] in (0.0, 1.0)


def test_hard_metrics_and_curves_are_the_metrics_own(tmp_path: Path) -> None:
    study = _study(tmp_path, metrics=("hard", "curves"), methods=("random",))
    values = _values(tmp_path, study)
    (setting,) = study.settings()
    own = noiser.explain(tiny("qwen2"), PROMPTS[0], study.request(setting))
    made = noiser.measure(
        tiny("qwen2"), own, ["curves"]
    )  # alone: what shares a call moves last bits
    assert made.curves is not None
    assert values[PROMPTS[0], "random"]["deletion_area"] == made.curves.deletion_area.value
    assert values[PROMPTS[0], "random"]["hard_sufficiency"] is not None


class _Judge:
    """Answers right where it is shown a word, and cannot be asked where it is shown another."""

    def __init__(self, needs: str, breaks: str) -> None:
        self._needs, self._breaks = needs, breaks

    def ask(self, words: Sequence[str]) -> Reply:
        if self._breaks in words:
            raise NoiserError("no connection")
        return Reply(("target",) if self._needs in words else ("other",), "", parsed=True)


def test_answerability_asks_the_judge_and_a_failure_is_a_failed_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_judge", lambda case: _Judge("Rome", "code"))
    path = tmp_path / "asked.json"
    prompts = ("Rome is", "Paris is", "code is")
    path.write_text(json.dumps([{"prompt": p, "target": "target"} for p in prompts]))
    study = small_study(
        tmp_path,
        models=("qwen2",),
        methods=("random",),
        datasets=(DataChoice("own", file=str(path)),),
        metrics=("answerability", "minimal"),
        filter=False,
        topk=100,
        specials="exclude",
    )
    values = {prompt: found for (prompt, _), found in _values(tmp_path, study).items()}
    assert set(values) == {"Rome is", "Paris is"}
    assert (values["Rome is"]["answered1"], values["Paris is"]["answered1"]) == (1.0, 0.0)
    assert values["Rome is"]["mass1"] == pytest.approx(1.0)
    for prompt, whole in (("Rome is", 1.0), ("Paris is", 0.0)):  # beside the controls
        assert [values[prompt][f"{one}1"] for one in ("none", "whole")] == [0.0, whole]
        assert values[prompt]["random5"] == whole  # as many words as the prompt has
    assert (values["Rome is"]["never"], values["Paris is"]["never"]) == (0.0, 1.0)
    assert values["Paris is"]["minimal"] is None
    with Store(tmp_path / "study") as store:
        (failed,) = (row for row in store.rows() if row.state == "failed")
    assert failed.error == "The judge could not be asked: no connection"


def test_every_measure_says_what_it_is_and_exists() -> None:
    import importlib

    for name, one in MEASURES.items():
        module, _, function = one.function.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
        assert one.name == name
        assert one.what
        assert one.columns
