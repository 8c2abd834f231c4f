"""Numbers and texts of an explanation as people read them, the same in every export and on screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from noiser.cells import by_itself, one_line, visible
from noiser.events import Warned
from noiser.explanation import Explanation, TokenScore, UnitScore
from noiser.listing import name_of, token_name
from noiser.minus import minus as minus

NOTHING = "–"
"""Stands where there is no number."""
UNSURE = "≈0"
"""Stands beside what may well weigh nothing."""
NAME = 40
"""Cells that the name of a unit takes at most in a sentence."""


def score(value: float | None) -> str:
    """A score, three decimals."""
    return NOTHING if value is None else minus(f"{value:.3f}")


def raw(value: float | None) -> str:
    """A raw score or another probability, four decimals."""
    return NOTHING if value is None else minus(f"{value:.4f}")


def signed(value: float, form: str = ".4f") -> str:
    """A number with its sign, also where that is a plus."""
    return minus(f"{value:+{form}}")


def number(value: float) -> str:
    """A number of no known size, four figures."""
    return minus(f"{value:.4g}")


def scale(value: float | None) -> str:
    """A noise scale: four decimals, or its power of ten when it is smaller."""
    if value is None:
        return NOTHING
    return f"{value:.4f}" if value >= 0.001 or value == 0 else minus(f"{value:.1e}")


def interval(ends: tuple[float, float] | None) -> str:
    """The two ends of an interval of scores."""
    if ends is None:
        return NOTHING
    low, high = score(ends[0]), score(ends[1])
    return f"{low} to {high}" if "−" in low else f"{low}–{high}"


def ends(scored: TokenScore | UnitScore) -> str:
    """The interval of a score, marked where that of the raw score spans 0."""
    return f"{interval(scored.interval)}{f' {UNSURE}' if scored.sure is False else ''}"


def sureness(explanation: Explanation, how: str = "hatched") -> str:
    """How much other draws would change, in one line; empty without draws.

    `how` those are drawn that may weigh nothing.
    """
    scored: Sequence[TokenScore | UnitScore] = explanation.units or explanation.tokens
    known = [one.sure for one in scored if one.sure is not None]
    parts = []
    if explanation.stability is not None:
        parts.append(f"order stable to τ {minus(f'{explanation.stability:.2f}')}")
    if (unsure := known.count(False)) == 1:
        parts.append(
            f"1 of {len(known)} {explanation.granularity}s {UNSURE}, {how}: its 95% interval spans 0"
        )
    elif unsure:
        what = f"{unsure} of {len(known)} {explanation.granularity}s"
        parts.append(f"{what} {UNSURE}, {how}: their 95% interval spans 0")
    return "; ".join(parts)


def alpha(token: TokenScore | UnitScore) -> str:
    """Where a token's or a unit's own scale lies; only the lower end when its noise never flipped."""
    if token.alpha is None:
        return NOTHING
    low, high = token.alpha
    return f"≥ {scale(low)}" if token.saturated else f"{scale(low)}–{scale(high)}"


def own_bytes(digits: str) -> str:
    """A token's own bytes, hexadecimal digits, two and two."""
    return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2)).upper() or NOTHING


def characters(start: int, end: int) -> str:
    """Where a token's characters begin and end in the text, counted from 0, the end not included."""
    return f"{start}:{end}" if start < end else NOTHING


def quoted(text: str) -> str:
    """A token between quotes on one line, its spaces and line breaks to be seen."""
    return f'"{by_itself(text)}"'


def named(text: str) -> str:
    """A token or a unit between quotes, cut with an ellipsis where it is long."""
    return f'"{one_line(by_itself(text), NAME)}"'


def warning(explanation: Explanation, told: Warned) -> str:
    """A warning with what it is about, a token or a unit."""
    if told.position is None:
        return told.message
    if told.last is None:
        return f"{named(token_name(explanation, told.position))}: {told.message}"
    return f"{named(name_of(explanation, told.position))}: {told.message}"


def times_less(explanation: Explanation) -> str | None:
    """How many times less work was done than the released code does; None where it has no such run."""
    work = explanation.work
    if not work.reference_token_forwards or not work.token_forwards:
        return None
    return f"{work.reference_token_forwards / work.token_forwards:.1f}"


def deciders(explanation: Explanation, most: int = 3) -> str:
    """The tokens or units that decided the scale, quoted; empty where no search did."""
    return _names([name_of(explanation, i) for i in explanation.leaders], most)


def _names(texts: Sequence[str], most: int) -> str:
    names = [named(text) for text in texts[:most]]
    more = len(texts) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def found(explanation: Explanation) -> str:
    """What the search found, in one line."""
    # a token before others that were generated was explained to its end
    stopped = not explanation.complete and not explanation.continuation
    cancelled = f"cancelled, {scored(explanation)}: " if stopped else ""
    if explanation.method != "noiser":
        inside = _inside(explanation)
        text = f"method {explanation.method}, without noise"
        return cancelled + text + (f"; {inside}" if inside else "")
    if explanation.alpha is None and stopped:
        parts = ["α not found"]
    elif explanation.alpha is None and explanation.bound != "per-token":
        parts = ["α not told"]  # in a file of another program
    elif explanation.alpha is None:
        parts = ["α of each token its own"]
    else:
        star = "α*" if explanation.bound == "min" else "α"
        parts = [f"{star} {scale(explanation.alpha)}"]
        if explanation.leaders and not explanation.saturated:
            parts.append(f"decided by {deciders(explanation)}")
    if explanation.saturated:
        parts.append(f"saturated: {_never_flips(explanation)}")
    inside = _inside(explanation)
    return cancelled + ", ".join(parts) + (f"; {inside}" if inside else "")


def scored(explanation: Explanation) -> str:
    """How many of the tokens, or units, that have noise are scored: all, unless it was cancelled."""
    out = explanation.specials == "exclude"
    tokens = explanation.tokens
    every: Sequence[TokenScore | UnitScore] = tokens
    if explanation.units:
        every = [
            unit
            for unit in explanation.units
            if not (out and all(token.scaffold for token in tokens[unit.first : unit.last + 1]))
        ]
    elif out:
        every = [token for token in tokens if not token.scaffold]
    done = sum(one.raw is not None for one in every)
    return f"{done} of {len(every)} {explanation.granularity}s scored"


def _inside(explanation: Explanation) -> str:
    """What the search among the tokens of the units looked into found."""
    zoom = explanation.zoom
    if zoom is None:
        return ""
    many = f"{len(zoom.units)} {explanation.granularity}{'s' if len(zoom.units) > 1 else ''}"
    if zoom.alpha is None:
        return f"{many} looked into"
    star = "α*" if explanation.bound == "min" else "α"
    text = f"inside {many} {star} {scale(zoom.alpha)}"
    if zoom.saturated:
        return f"{text}, saturated"
    leaders = [token_name(explanation, i) for i in zoom.leaders]
    return f"{text}, decided by {_names(leaders, 3)}" if leaders else text


def _never_flips(explanation: Explanation) -> str:
    """Which noise never flips the prediction: under `min` none does, under other bounds some."""
    if explanation.bound == "min":
        if explanation.contrast is not None:
            return "target and contrast never change places"
        return "the prediction never flips"
    joint = explanation.aggregate == "joint"
    scored = (explanation.units if joint else ()) or explanation.tokens
    searched = [one for one in scored if one.alpha is not None]
    never = sum(one.saturated for one in searched)
    of = f"{len(searched)} {explanation.granularity if joint else 'token'}s"
    return f"{never} of {of} never {'flips' if never == 1 else 'flip'}"


def spent(explanation: Explanation) -> str:
    """What it cost, in one line."""
    told = explanation.work.token_forwards > 0  # else another program's file, which does not say
    parts = [f"{explanation.work.token_forwards:,} token-forwards"] if told else []
    if less := times_less(explanation):
        parts.append(f"{less}× less than the released code")
    return ", ".join([*parts, f"{explanation.seconds:.2f} s"])


def told(explanation: Explanation, how: str = "hatched") -> list[str]:
    """What was found, how sure it is and what it cost, a line each."""
    lines = found(explanation), sureness(explanation, how), spent(explanation)
    return [line for line in lines if line]


def precision(model: Mapping[str, object]) -> str:
    """What a model computes in, and how its weights are quantized where they are; as records name both."""
    quantized = model.get("quantization")
    return f"{model.get('dtype', '?')}{f', weights in {quantized}' if quantized else ''}"


def settings(explanation: Explanation) -> str:
    """The model and how it was asked, in one line."""
    model = explanation.model
    parts = [str(model.get("name", "?"))]
    if "device" in model:
        parts.append(f"{model['device']} {precision(model)}")
    if explanation.method == "noiser":
        norm = "" if explanation.norm == "none" else f", norm {explanation.norm}"
        parts.append(f"noiser {explanation.bound}{norm}")
        fast = ", fast search" if explanation.search == "fast" else ""
        few = explanation.search_draws or explanation.draws
        searched = f" ({few} searched)" if few < explanation.draws else ""
        parts.append(f"{explanation.draws} draws{searched}, {explanation.steps} steps{fast}")
    else:
        own = [
            f"{name} {number(value) if isinstance(value, float) else value}"
            for name, value in explanation.options.items()
        ]
        parts.append(", ".join([explanation.method, *own]))
    if explanation.units:
        rule = explanation.aggregate
        of = "" if rule == "joint" else f" ({rule} of its tokens)"
        parts.append(f"by {explanation.granularity}{of}")
    parts.append(explanation.normalisation)
    if explanation.environment:  # a run of ours
        parts[-1] += f", seed {explanation.seed}"
    if explanation.reference:
        parts.append("reference mode")
    return visible(" · ".join(parts))


def question(explanation: Explanation) -> str:
    """What is explained: the target, against a contrast if there is one."""
    target = explanation.target
    odds = explanation.reward
    if explanation.explains == "reward" and odds is not None:
        return f"Why a reward of {number(odds)}"
    if explanation.explains == "margin" and odds is not None:
        return f"Why {target.text} {number(odds)}, preferred with probability {preference(odds)}"
    text = f"Why {quoted(target.text)} {raw(target.probability)}"
    if explanation.whole:
        text += f", the mean of {len(explanation.whole)} tokens"
    if explanation.contrast is not None:
        contrast = explanation.contrast
        text += f" against {quoted(contrast.text)} {raw(contrast.probability)}"
    return text


def preference(margin: float) -> str:
    """The probability that a response with this margin is preferred (Bradley and Terry 1952)."""
    return raw(1 / (1 + math.exp(-max(-700.0, margin))))
