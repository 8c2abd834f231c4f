"""Reading Inseq's file: a text in it becomes an explanation, and what it does not tell stays empty."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

from noiser.errors import NoiserError, WrongUse
from noiser.events import NextToken, Warned, Work
from noiser.explanation import Explanation, TokenScore
from noiser.inseq_file.fields import check
from noiser.inseq_file.own import own_record
from noiser.inseq_file.text import Text, read_text
from noiser.request import Normalisation, Request
from noiser.scores import normalise

OWN = "noiser"
_UNSAID = {"bound": "none", "seed": 0, "draws": 0, "steps": 0}
"""Settings of a method that has none of them."""
_PROBABILITY = ("probability", "probability_fn", "logit", "logits_fn", "logit_fn")


def read_inseq(document: object, text: int = 1) -> Explanation:
    """The explanation of one text of the file, counted from 1; its generated tokens continue it.

    A file that Noiser wrote gives what was written. Else raw scores are those of the file, and scores
    their shares, or the same where some are negative. WrongUse where there is no such text,
    NoiserError where the file is damaged.
    """
    found = check(document)
    many = len(found.sequence_attributions)
    if not 1 <= text <= many:
        raise WrongUse(f"There is no text {text}: the file has {many}.")
    one = read_text(found, text - 1)
    own = own_record(found.info, one) if many == 1 else None
    if own is not None:
        return own
    first, *more = (_step(found.info, one, k) for k in range(one.end - one.start))
    told = list(_told(found.info, one))
    if many > 1:
        told.append(f"The file has {many} texts; this is number {text}.")
    return replace(first, warnings=tuple(map(Warned, told)), continuation=tuple(more))


def _told(info: dict[str, Any], text: Text) -> list[str]:
    """What is to be known of the scores beside themselves."""
    told = []
    if text.done is not None:
        told.append(f"Inseq's file has more numbers per token: shown is {text.done}.")
    function = info.get("attributed_fn")
    if isinstance(function, str) and function not in _PROBABILITY:
        told.append(f"Explained is Inseq's {function}, not the target's probability alone.")
    if text.source:
        told.append("The model has an encoder: its tokens come first, those written after them.")
    return told


def _step(info: dict[str, Any], text: Text, step: int) -> Explanation:
    before, tokens, target = text.before(step)
    raw = text.scores(step)
    how: Normalisation = "raw" if (text.raw < 0).any() else "positive"
    scores = normalise(raw, how)
    method = _string(info, "attribution_method") or "unknown"
    settings = _settings(info) if method == OWN else _UNSAID
    seconds = info.get("exec_time")
    return Explanation(
        prompt=before,
        model={"name": _string(info, "model_name") or "unknown"},
        method=method,
        **{"norm": "none", "specials": "include", "reference": False, **settings},
        normalisation=how,
        target=NextToken(text.target[text.start + step][0], target, text.probabilities[step]),
        contrast=None,
        tokens=tuple(
            TokenScore(
                id=token.id,
                text=token.text,
                start=token.start,
                end=token.end,
                role=token.role,
                bytes=token.bytes,
                special=token.special,
                score=None if math.isnan(score) else score,
                raw=None if math.isnan(value) else value,
            )
            for token, score, value in zip(tokens, scores.tolist(), raw.tolist(), strict=True)
        ),
        next_tokens=(),
        alpha=None,
        saturated=False,
        leaders=(),
        work=Work(),
        seconds=seconds if isinstance(seconds, float) and 0 <= seconds < math.inf else 0.0,
        warnings=(),
        environment={},
    )


def _settings(info: dict[str, Any]) -> dict[str, Any]:
    """How our own method was asked when Inseq ran it: its defaults, but for what the file tells."""
    from pydantic import TypeAdapter, ValidationError

    told = info.get("attribution_args")
    known = {field.name for field in fields(Request)} - {"method"}
    given = {k: v for k, v in told.items() if k in known} if isinstance(told, dict) else {}
    try:
        request = TypeAdapter(Request).validate_python({**given, "method": OWN})
    except (ValidationError, WrongUse) as error:
        raise NoiserError("This Inseq file is damaged: info.attribution_args.") from error
    names = ("bound", "norm", "seed", "draws", "steps", "specials", "reference", "search")
    return {name: getattr(request, name) for name in names}


def _string(info: dict[str, Any], name: str) -> str:
    value = info.get(name)
    return value if isinstance(value, str) else ""
