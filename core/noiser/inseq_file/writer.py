"""Writing an explanation as Inseq's file, for `inseq.FeatureAttributionOutput.load`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.inseq_file.arrays import pack
from noiser.inseq_file.own import KEY, columns_of, scores_of
from noiser.record import to_record

_SETTINGS = (
    *("bound", "norm", "normalisation", "seed", "draws", "steps", "specials", "reference"),
    *("search", "granularity", "aggregate"),
)


def render(explanation: Explanation) -> str:
    """The file: scores as float32, a column per generated target, NaN where there is no score.

    `info` holds the whole record as well, from which Noiser reads the file without loss. NoiserError
    where the targets are not one text, each after the one before, or no tokens at all.
    """
    if explanation.reward is not None:
        raise NoiserError("Inseq's file is of predicted tokens: a reward is none.")
    steps = columns_of(explanation)
    if not steps:
        raise NoiserError("Inseq's file is of single tokens: none of the target's is explained.")
    tokens = steps[0].tokens
    start, end = len(tokens), len(tokens) + len(steps)
    target = [(token.id, token.text) for token in tokens]
    scores = np.full((end, len(steps)), np.nan, dtype=np.float32)
    for k, step in enumerate(steps):
        if [token.id for token in step.tokens] != [id_ for id_, _ in target]:
            raise NoiserError(
                f"Inseq's file is of one text, and target {k + 1} does not follow the one before it."
            )
        scores[: start + k, k] = scores_of(step)
        target.append((step.target.id, step.target.text))
    told = [step.target.probability for step in steps]
    probabilities = [np.nan if one is None else one for one in told]
    text = {
        "source": [_token(*one) for one in target[:start]],
        "target": [_token(*one) for one in target],
        "source_attributions": None,
        "target_attributions": pack(scores),
        "step_scores": {"probability": pack(np.array(probabilities, dtype=np.float32))},
        "sequence_scores": {},
        "attr_pos_start": start,
        "attr_pos_end": end,
    }
    document = _instance(
        "inseq.data.attribution",
        "FeatureAttributionOutput",
        {
            "info": _info(explanation, start, end),
            "sequence_attributions": [
                _instance("inseq.data.attribution", "CoarseFeatureAttributionSequenceOutput", text)
            ],
            "step_attributions": None,
        },
    )
    return json.dumps(document, indent=1) + "\n"


def _info(explanation: Explanation, start: int, end: int) -> dict[str, Any]:
    """What Inseq tells of a run, as far as there is such a thing here."""
    record = to_record(explanation)
    last = columns_of(explanation)[-1]
    return {
        "attribution_method": explanation.method,
        "attribution_args": {name: record[name] for name in _SETTINGS},
        "attributed_fn": "probability" if explanation.contrast is None else "contrast_prob_diff",
        "attributed_fn_args": {},
        "attr_pos_start": start,
        "attr_pos_end": end,
        "attribute_target": False,
        "constrained_decoding": False,
        "exec_time": explanation.seconds,
        "generate_from_target_prefix": False,
        "generated_texts": [last.prompt + last.target.text],
        "generation_args": {},
        "include_eos_baseline": False,
        "input_texts": [columns_of(explanation)[0].prompt],
        "model_class": explanation.model.get("family"),
        "model_name": explanation.model.get("name"),
        "output_step_attributions": False,
        "step_scores": ["probability"],
        "step_scores_args": {},
        "tokenizer_class": None,
        "tokenizer_name": None,
        KEY: record,
    }


def _token(id_: int, text: str) -> dict[str, Any]:
    return _instance("inseq.utils.typing", "TokenWithId", {"id": id_, "token": text})


def _instance(module: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"__instance_type__": [module, name], "attributes": attributes}
