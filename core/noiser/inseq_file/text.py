"""One text of Inseq's file: its tokens and raw scores, checked against each other."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from noiser.draws import FloatArray
from noiser.errors import NoiserError
from noiser.inseq_file.aggregation import aggregated
from noiser.inseq_file.arrays import unpack
from noiser.inseq_file.fields import Attributions, TextAttributions
from noiser.inseq_file.vocabulary import Known, Spelling, read, spelling
from noiser.prompt import Token

MOST_SCORES = 4_000_000
"""Scores of tokens in one text that are read at most: each becomes an object."""


@dataclass(frozen=True)
class Text:
    """What was explained: target tokens from `start` to `end`, each after all before it.

    `source` are an encoder's tokens, scored before the others, and empty for a decoder-only model.
    `raw` has a row per token of `source` (if any) and of `target` (if `scores_target`) and a column
    per step, NaN where there is no score; `done` says what was aggregated. `probabilities` are those
    of the targets where the file tells them. `prompt` counts the tokens that were not generated.
    """

    source: list[tuple[int, str]]
    target: list[tuple[int, str]]
    prompt: int
    start: int
    end: int
    raw: FloatArray
    scores_target: bool
    done: str | None
    probabilities: list[float | None]
    known: Known

    def before(self, step: int) -> tuple[str, tuple[Token, ...], str]:
        """The text before a target, its tokens, and the target's own text."""
        upto = self.target[: self.start + step + 1]
        if not self.source:
            text, tokens = read(upto, self._spelling, self.known, self.prompt)
            return _without_last(text, tokens)
        known = Known("", self.known.whole)
        written, mine, target = _without_last(*read(upto, self._spelling, known, 0))
        given = Known(self.known.given, self.known.given)
        how = spelling([token for _, token in self.source], given)
        text, tokens = read(self.source, how, given)
        if not self.scores_target:
            return text, tokens, target
        shift = len(text) + 1  # a line break between what was read and what was written
        moved = [replace(t, start=t.start + shift, end=t.end + shift) for t in mine]
        return f"{text}\n{written}", (*tokens, *moved), target

    def scores(self, step: int) -> FloatArray:
        """The raw scores of those tokens, NaN where one has none."""
        rows = len(self.source) + (self.start + step if self.scores_target else 0)
        return self.raw[:rows, step]

    @functools.cached_property
    def _spelling(self) -> Spelling:
        return spelling([token for _, token in self.target], self.known)


def read_text(found: Attributions, index: int) -> Text:
    """The text at an index of the file; NoiserError where its parts do not fit together."""
    one = found.sequence_attributions[index]
    where = f"This Inseq file is damaged: text {index + 1}"
    start = one.attr_pos_start
    end = min(len(one.target) if one.attr_pos_end is None else one.attr_pos_end, len(one.target))
    encoder = one.source_attributions is not None
    if not start < end or (start == 0 and not encoder):
        raise NoiserError(f"{where} has no token that is explained after others.")
    steps = end - start
    rows = len(one.source) if encoder else 0
    if one.target_attributions is not None:
        rows += end
    if steps * rows > MOST_SCORES:
        raise NoiserError(
            f"Text {index + 1} of this Inseq file has {steps * rows:,} scores; {MOST_SCORES:,} are "
            "read at most."
        )
    parts, done = [], None
    for name, length in (("source", len(one.source)), ("target", len(one.target))):
        packed = getattr(one, f"{name}_attributions")
        if packed is None:
            continue
        values = unpack(packed, f"{where}, {name}_attributions")
        if values.ndim < 2 or values.shape[:2] != (length, steps) or 0 in values.shape:
            raise NoiserError(
                f"{where}: {name}_attributions has the shape {values.shape}, not "
                f"({length} tokens, {steps} steps, …)."
            )
        scores, done = aggregated(values, one.kind)
        parts.append(scores)
    if not parts:
        raise NoiserError(f"Text {index + 1} of this Inseq file has no scores.")
    return Text(
        source=[(token.id, token.token) for token in one.source] if encoder else [],
        target=[(token.id, token.token) for token in one.target],
        prompt=0 if encoder else len(one.source) or start,
        start=start,
        end=end,
        raw=np.concatenate(parts),
        scores_target=one.target_attributions is not None,
        done=done,
        probabilities=_probabilities(one, steps, where),
        known=Known(
            _text(found.info, "input_texts", index), _text(found.info, "generated_texts", index)
        ),
    )


def _without_last(text: str, tokens: tuple[Token, ...]) -> tuple[str, tuple[Token, ...], str]:
    kept = tokens[:-1]
    return text[: max((token.end for token in kept), default=0)], kept, tokens[-1].text


def _probabilities(one: TextAttributions, steps: int, where: str) -> list[float | None]:
    packed = (one.step_scores or {}).get("probability")
    if packed is None:
        return [None] * steps
    values = unpack(packed, f"{where}, step_scores.probability")
    if values.shape != (steps,):
        raise NoiserError(
            f"{where}: step_scores.probability has the shape {values.shape}, not ({steps},)."
        )
    return [float(value) if 0 <= value <= 1 else None for value in values]


def _text(info: dict[str, Any], name: str, index: int) -> str:
    """A text that the file tells; empty where it does not."""
    texts = info.get(name)
    told = texts[index] if isinstance(texts, list) and index < len(texts) else ""
    return told if isinstance(told, str) else ""
