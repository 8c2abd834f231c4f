"""Numbers and texts of an explanation as people read them, the same in every export and on screen."""

from __future__ import annotations

from noiser.cells import visible
from noiser.explanation import Explanation, TokenScore

NOTHING = "–"
"""Stands where there is no number."""


def score(value: float | None) -> str:
    """A score, three decimals."""
    return NOTHING if value is None else _minus(f"{value:.3f}")


def raw(value: float | None) -> str:
    """A raw score or another probability, four decimals."""
    return NOTHING if value is None else _minus(f"{value:.4f}")


def scale(value: float | None) -> str:
    """A noise scale: four decimals, or its power of ten when it is smaller."""
    if value is None:
        return NOTHING
    return f"{value:.4f}" if value >= 0.001 or value == 0 else f"{value:.1e}"


def interval(ends: tuple[float, float] | None) -> str:
    """The two ends of an interval of scores."""
    if ends is None:
        return NOTHING
    low, high = score(ends[0]), score(ends[1])
    return f"{low} to {high}" if "−" in low else f"{low}–{high}"


def alpha(token: TokenScore) -> str:
    """Where the token's own scale lies; only the lower end when its noise never flipped anything."""
    if token.alpha is None:
        return NOTHING
    low, high = token.alpha
    return f"≥ {scale(low)}" if token.saturated else f"{scale(low)}–{scale(high)}"


def quoted(text: str) -> str:
    """A token between quotes on one line, its spaces and line breaks to be seen."""
    return f'"{visible(text)}"'


def times_less(explanation: Explanation) -> str | None:
    """How many times less work was done than the released code does; None where it has no such run."""
    work = explanation.work
    if explanation.method != "noiser" or not work.token_forwards:
        return None
    return f"{work.reference_token_forwards / work.token_forwards:.1f}"


def deciders(explanation: Explanation, most: int = 3) -> str:
    """The tokens that decided the scale, quoted; empty where no search did."""
    names = [quoted(explanation.tokens[i].text) for i in explanation.leaders[:most]]
    more = len(explanation.leaders) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def found(explanation: Explanation) -> str:
    """What the search found, in one line."""
    if explanation.method != "noiser":
        return f"method {explanation.method}, without noise"
    if explanation.alpha is None:
        parts = ["α of each token its own"]
    else:
        star = "α*" if explanation.bound == "min" else "α"
        parts = [f"{star} {scale(explanation.alpha)}"]
        if explanation.leaders and not explanation.saturated:
            parts.append(f"decided by {deciders(explanation)}")
    if explanation.saturated:
        parts.append(f"saturated: {_never_flips(explanation)}")
    return ", ".join(parts)


def _never_flips(explanation: Explanation) -> str:
    """Which noise never flips the prediction: under `min` none does, under other bounds some."""
    if explanation.bound == "min":
        if explanation.contrast is not None:
            return "target and contrast never change places"
        return "the prediction never flips"
    searched = [token for token in explanation.tokens if token.alpha is not None]
    never = sum(token.saturated for token in searched)
    return f"{never} of {len(searched)} tokens never {'flips' if never == 1 else 'flip'}"


def spent(explanation: Explanation) -> str:
    """What it cost, in one line."""
    parts = [f"{explanation.work.token_forwards:,} token-forwards"]
    if less := times_less(explanation):
        parts.append(f"{less}× less than the released code")
    return ", ".join([*parts, f"{explanation.seconds:.2f} s"])


def settings(explanation: Explanation) -> str:
    """The model and how it was asked, in one line."""
    model = explanation.model
    parts = [
        str(model.get("name", "?")),
        f"{model.get('device', '?')} {model.get('dtype', '?')}",
    ]
    if explanation.method == "noiser":
        norm = "" if explanation.norm == "none" else f", norm {explanation.norm}"
        parts.append(f"noiser {explanation.bound}{norm}")
        fast = ", fast search" if explanation.search == "fast" else ""
        parts.append(f"{explanation.draws} draws, {explanation.steps} steps{fast}")
    else:
        parts.append(explanation.method)
    parts.append(f"{explanation.normalisation}, seed {explanation.seed}")
    if explanation.reference:
        parts.append("reference mode")
    return visible(" · ".join(parts))


def question(explanation: Explanation) -> str:
    """What is explained: the target, against a contrast if there is one."""
    target = explanation.target
    text = f"Why {quoted(target.text)} {raw(target.probability)}"
    if explanation.contrast is not None:
        contrast = explanation.contrast
        text += f" against {quoted(contrast.text)} {raw(contrast.probability)}"
    return text


def _minus(text: str) -> str:
    return text.replace("-", "−") if float(text) else text.replace("-", "")
