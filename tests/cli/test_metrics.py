"""`noiser metrics`: a saved run measured with its own model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from noiser.metrics.results import Number
from noiser_tui.cli.measured import lines
from tests.cli.conftest import Run
from tests.workbench.answers import explanation_of, metrics_of


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run of the built-in model."""
    from noiser.explainer import explain
    from noiser.export import save
    from noiser.model.loading import load
    from noiser.request import Request

    path = tmp_path_factory.mktemp("metrics") / "run.json"
    run = explain(load(device="cpu"), "The capital of France is", Request(method="occlusion"))
    save(run, path)
    return str(path)


def test_it_prints_a_small_table_with_intervals(run: Run, record: str) -> None:
    ended = run("metrics", record, "--device", "cpu", "--percents", "20,50")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("occlusion on built-in, ' Paris', after 'The capital of France is'")
    for name in ("Soft-NS", "Soft-NC", "log ratio", "top 20%", "top 50%", "deletion", "insertion"):
        assert any(line.strip().startswith(name) for line in lines), name
    assert "16 masks" in ended.out
    assert " to " in next(line for line in lines if "Soft-NC" in line)
    assert "\x1b" not in ended.out


def test_it_reads_stdin_and_prints_json(run: Run, record: str) -> None:
    data = Path(record).read_bytes()
    ended = run("metrics", "-", "--metrics", "soft, hard", "--masks", "2", "--json", stdin=data)
    found = json.loads(ended.out)
    assert (found["format"], found["curves"]) == ("noiser-metrics/1", None)
    assert (found["soft"]["masks"], len(found["soft"]["targets"][0]["kept"])) == (2, 2)
    # France is what the capital hangs on
    assert found["hard"]["comprehensiveness"][0]["value"] > 0.9


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--metrics", "soft,sofd"), "Unknown metric 'sofd'"),
        (("--percents", "1,x"), "no numbers"),
        (("--percents", "0"), "above 0"),
        (("--masks", "0"), "masks is 0"),
        (("--reference", "--masks", "3"), "one mask"),
        (("--grain", "letter"), "Unknown grain"),
        (("--baseline", "nil"), "Unknown baseline"),
        (("--memory", "much"), "memory is 'much'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_model_loads(
    run: Run, record: str, options: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noiser.model.loading.load", None)
    ended = run("metrics", record, *options)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_another_model_is_refused(run: Run, record: str, tiny: str) -> None:
    ended = run("metrics", record, "--model", tiny, "--device", "cpu")
    assert (ended.code, ended.out) == (2, "")
    assert "another model" in ended.err


def test_a_log_ratio_that_is_none_says_why() -> None:
    whole = metrics_of(explanation_of("The capital of France is"))
    assert whole.soft is not None
    nothing = replace(whole.soft, random_sufficiency=Number(0.0), log_ratio=Number(None))
    told = [str(part) for part in lines(replace(whole, soft=nothing), 80)]
    assert "no log ratio: random's Soft-NS is 0" in told
    assert not any("no log ratio" in str(part) for part in lines(whole, 80))
