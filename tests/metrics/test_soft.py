"""Soft-NS and Soft-NC against the plain transcription, by hand, and in their ranges."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.metrics.keep import importance
from noiser.metrics.measure import Options, measure_each
from noiser.metrics.results import Number, SoftTarget
from noiser.metrics.soft import SoftOptions, combined, soft
from noiser.request import Request
from tests.engine.cases import ids_of, model_of
from tests.metrics import plain
from tests.metrics.cases import last_token_reader, quick, with_scores
from tests.tiny import tiny

NAMES = ("qwen2", "llama+bos", "gemma2+bos", "gpt2")
FEW = SoftOptions(masks=3, seed=5)


@pytest.mark.parametrize("name", NAMES)
def test_soft_metrics_are_those_of_the_plain_transcription(name: str) -> None:
    model, ids = model_of(name), ids_of(name)
    raw = [0.0, -0.4, 0.25, 0.05, 0.0, 0.6, 0.1, 0.3][: len(ids)]
    found = soft(model, with_scores(quick(model), raw), FEW)
    positive = [max(0.0, x) for x in raw]
    keep = {i: x / sum(positive) for i, x in enumerate(positive)}
    control = plain.random_scores(5, ids, range(len(ids)))
    for (ns, nc), scores in (
        ((found.sufficiency, found.comprehensiveness), keep),
        ((found.random_sufficiency, found.random_comprehensiveness), control),
    ):
        expected = plain.soft(model.network, ids, scores, 3, 5)
        assert (ns.value, nc.value) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ["llama+bos", "gemma2+bos"])
def test_tokens_without_a_score_are_left_alone(name: str) -> None:
    model, ids = model_of(name), ids_of(name)
    run = quick(model, specials="exclude")
    assert run.tokens[0].score is None
    keep = {i: float(x) for i, x in enumerate(importance(run)) if i}
    found = soft(model, run, FEW)
    expected = plain.soft(model.network, ids, keep, 3, 5)
    assert (found.sufficiency.value, found.comprehensiveness.value) == pytest.approx(expected)
    control = plain.soft(model.network, ids, plain.random_scores(5, ids, range(1, len(ids))), 3, 5)
    assert found.random_comprehensiveness.value == pytest.approx(control[1])


@pytest.mark.parametrize("name", ["qwen2", "gpt2"])
def test_reference_mode_has_one_mask_and_the_released_distance(name: str) -> None:
    model, ids = model_of(name), ids_of(name)
    scores = [1.2, -0.3, 0.1, 0.2, 0.0, 0.3, -0.5][: len(ids)]
    found = soft(model, with_scores(quick(model), scores), SoftOptions(reference=True))
    keep = {i: min(1.0, max(0.0, x)) for i, x in enumerate(scores)}
    expected = plain.soft(model.network, ids, keep, 1, 1, reference=True)
    assert (found.sufficiency.value, found.comprehensiveness.value) == pytest.approx(expected)
    assert (found.masks, found.sufficiency.interval) == (1, None)
    with pytest.raises(WrongUse, match="one mask"):
        SoftOptions(masks=4, reference=True)


def test_a_network_that_reads_one_token_is_kept_by_it_and_lost_without_it() -> None:
    model = last_token_reader()
    run = quick(model)
    others = [0.0] * (len(run.tokens) - 1)
    all_of_it = soft(model, with_scores(run, [*others, 1.0]))
    assert all_of_it.sufficiency.value == pytest.approx(1.0)
    assert all_of_it.comprehensiveness.value == pytest.approx(1.0)
    assert all_of_it.sufficiency.interval == pytest.approx((1.0, 1.0))
    none_of_it = soft(model, with_scores(run, [1.0, *others]))
    assert none_of_it.sufficiency.value == pytest.approx(0.0)
    assert none_of_it.comprehensiveness.value == pytest.approx(0.0)
    assert none_of_it.log_ratio == Number(None)


def test_nothing_important_keeps_nothing_and_takes_nothing() -> None:
    model = tiny("qwen2", bos=False)
    run = quick(model)
    found = soft(model, with_scores(run, [-1.0] * len(run.tokens)))
    assert found.sufficiency.value == pytest.approx(0.0)
    assert found.comprehensiveness.value == pytest.approx(0.0)


def test_more_masks_keep_the_first_ones_and_another_prompt_has_others() -> None:
    model = tiny("qwen2", bos=False)
    run, other = quick(model), quick(model, "Rivers run to the sea")
    few, more = soft(model, run, SoftOptions(masks=2)), soft(model, run, SoftOptions(masks=5))
    assert more.targets[0].kept[:2] == pytest.approx(few.targets[0].kept, abs=1e-12)
    drawn = [plain.uniforms(1, [t.id for t in one.tokens], 0, 4)[0, 0] for one in (run, other)]
    assert drawn[0] != drawn[1]


def test_an_answer_is_measured_at_each_of_its_tokens() -> None:
    model = tiny("qwen2", bos=False)
    run = explain(model, "The capital of", Request(method="random", generate=3))
    found = soft(model, run, FEW)
    alone = [soft(model, one, FEW) for one in _apart(run)]
    assert len(found.targets) == 3
    for name in ("sufficiency", "random_comprehensiveness"):
        values = [getattr(one, name).value for one in alone]
        assert getattr(found, name).value == pytest.approx(sum(values) / 3)


def test_several_methods_share_the_baseline_and_the_calls() -> None:
    model = tiny("qwen2", bos=False)
    runs = [quick(model, seed=seed) for seed in (1, 2, 3)]
    together = measure_each(model, runs, Options(metrics=("soft",), soft=FEW))
    for run, one in zip(runs, together, strict=True):
        alone = soft(model, run, FEW)
        assert one.soft is not None
        assert one.soft.random_sufficiency == together[0].soft.random_sufficiency  # type: ignore[union-attr]
        for mine, theirs in zip(
            (one.soft.sufficiency.value, one.soft.comprehensiveness.value),
            (alone.sufficiency.value, alone.comprehensiveness.value),
            strict=True,
        ):
            assert mine == pytest.approx(theirs, abs=1e-9)
    n = len(runs[0].tokens)
    assert together[0].work.token_forwards <= n * (2 + 3 * 2 * 4)  # clean, zero; 3 masks, 4 scores


distances = st.just(0.0) | st.floats(1e-6, 1.0)


@given(
    st.integers(1, 6).flatmap(
        lambda k: st.lists(
            st.tuples(distances, *[st.tuples(*[distances] * k)] * 4), min_size=1, max_size=3
        )
    )
)
def test_whatever_the_distances_the_numbers_are_in_range_and_go_into_json(
    rows: list[tuple[float, ...]],
) -> None:
    targets = [SoftTarget(*row) for row in rows]  # type: ignore[arg-type]
    found = combined(targets, SoftOptions(masks=len(targets[0].kept)))
    for one in (found.sufficiency, found.random_sufficiency):
        assert one.value is None or 0.0 <= one.value <= 1.0
    for one in (found.comprehensiveness, found.random_comprehensiveness, found.sufficiency):
        assert one.value is None or one.value >= 0.0
        if one.value is not None and one.interval is not None:
            assert 0.0 <= one.interval[0] <= one.interval[1]
    json.dumps([vars(one) for one in (found.log_ratio, found.sufficiency)], allow_nan=False)
    assert (found.sufficiency.value is None) == any(target.zero == 0.0 for target in targets)


def test_the_interval_narrows_with_the_masks() -> None:
    rng = np.random.default_rng(0)

    def width(masks: int) -> float:
        rows = [tuple(rng.uniform(0.2, 0.6, masks)) for _ in range(4)]
        found = combined([SoftTarget(0.9, *rows)], SoftOptions(masks=masks))
        assert found.sufficiency.interval is not None
        low, high = found.sufficiency.interval
        return high - low

    assert width(400) < width(16) / 2
    assert math.isclose(width(100), 4 * 0.4 / math.sqrt(12) / 0.9 / 10, rel_tol=0.3)


def _apart(run: Explanation) -> list[Explanation]:
    return [replace(one, continuation=()) for one in run.steps_explained]
