"""An explanation made by hand, with everything awkward in its prompt."""

from __future__ import annotations

from dataclasses import replace

from noiser.events import NextToken, Warned, Work
from noiser.explanation import Explanation, TokenScore, UnitScore, Zoom

PIECES = [
    *("The", " [bold]", "\t", "שלום", "\n", "é", "👩‍🚀", " <b>&\"'", "\x1b[31m"),
    *(" 東京", "\x00", " @ROW@", " is"),
]
PROMPT = "".join(PIECES)


def example(pieces: list[str] = PIECES, **changes: object) -> Explanation:
    """BOS and the pieces, with falling scores; the last one is negative."""
    tokens = [TokenScore(0, "<s>", 0, 0, "special", True, 0.02, 0.01)]
    end = 0
    for i, text in enumerate(pieces):
        value = 0.4 / (i + 1) if i + 1 < len(pieces) else -0.05
        tokens.append(
            TokenScore(
                id=i + 10,
                text=text,
                start=end,
                end=end + len(text),
                role="content",
                special=False,
                score=value,
                raw=value / 2,
                interval=(value - 0.01, value + 0.01),
                raw_interval=(value / 2 - 0.01, value / 2 + 0.01),
                alpha=(0.0859375, 0.0869140625),
                saturated=i == 3,
            )
        )
        end += len(text)
    explanation = Explanation(
        prompt="".join(pieces),
        model={"name": "tiny", "device": "cpu", "dtype": "float32"},
        method="noiser",
        bound="min",
        norm="none",
        normalisation="sum",
        seed=1,
        draws=10,
        steps=10,
        specials="include",
        reference=False,
        target=NextToken(7, " Paris", 0.98),
        contrast=None,
        tokens=tuple(tokens),
        next_tokens=tuple(NextToken(7 + i, f" t{i}", 0.98 / 2**i) for i in range(12)),
        alpha=0.0859375,
        saturated=False,
        leaders=(min(2, len(pieces)),),
        work=Work(1999, 12, 9900),
        seconds=0.4,
        warnings=(Warned("Something <odd> to know."),),
        environment={"noiser": "0.1.0"},
    )
    return replace(explanation, **changes)  # type: ignore[arg-type]


def unsure() -> Explanation:
    """Two tokens of which the second may weigh nothing, ranked otherwise by other draws."""
    made = example([" sure", " maybe"])
    bos, first, second = made.tokens
    doubtful = replace(second, score=0.3, interval=(0.0, 0.4), raw_interval=(-0.1, 0.2))
    return replace(made, tokens=(bos, first, doubtful), stability=0.42, warnings=())


def generation() -> Explanation:
    """Two generated tokens, the second explained after the first."""
    first = example(["Hello", " there"])
    return replace(first, continuation=(example(["Hello", " there", " Paris"]),))


def zoomed() -> Explanation:
    """Three sentences after BOS, the second of them looked into."""
    made = example(["Go", " on.", " The", " <cat>", " sat.", " No", " more."])
    spans = [(0, 0, 0.0), (1, 2, 0.2), (3, 5, 0.7), (6, 7, 0.1)]
    inside = {3: 0.1, 4: 0.6, 5: 0.0}
    units = tuple(
        UnitScore(
            first=first,
            last=last,
            text="<s>" if last == 0 else made.prompt[made.tokens[first].start :][: end - start],
            score=score,
            raw=score / 2,
            interval=(score - 0.01, score + 0.01),
            alpha=(0.25, 0.5),
            zoomed=first == 3,
        )
        for first, last, score in spans
        for start, end in [(made.tokens[first].start, made.tokens[last].end)]
    )
    even = {
        i: (u.score or 0.0) / (u.last - u.first + 1)
        for u in units
        for i in range(u.first, u.last + 1)
    }
    tokens = tuple(
        replace(token, score=inside[i], raw=inside[i] / 2)
        if i in inside
        else replace(token, score=even[i], raw=None, interval=None, alpha=None, saturated=False)
        for i, token in enumerate(made.tokens)
    )
    return replace(
        made,
        tokens=tokens,
        normalisation="positive",
        granularity="sentence",
        units=units,
        zoom=Zoom((2,), 0.125, (4,), False),
        leaders=(3,),
        work=Work(500, 9, 0),
        warnings=(Warned("Never flips.", 1, 2), Warned("Odd here.", 4)),
    )
