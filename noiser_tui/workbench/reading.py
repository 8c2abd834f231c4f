"""What the model makes of the text in the editor while nothing is explained yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.message import Message

from noiser.events import NextToken
from noiser.model.info import ModelInfo
from noiser.prompt import SCAFFOLD, Prompt
from noiser_tui.workbench.engine import JobEnded, NextTokensKnown, TextRead
from noiser_tui.workbench.response_form import Question

if TYPE_CHECKING:
    from noiser_tui.workbench.state import State


@dataclass(frozen=True)
class Reading:
    """The last text that was read: `asked` is the one asked for by `job`, `prompt` the tokens known,
    which are those of `read`.

    `next_tokens` and `target` belong to `text`, which is empty before the first are known. `model` is
    the one that was asked, `refused` why it cannot take what was asked: it is too long, for one.
    """

    job: int = 0
    asked: Question = ""
    model: str = ""
    prompt: Prompt | None = None
    read: Question = ""
    text: Question = ""
    next_tokens: tuple[NextToken, ...] = ()
    target: NextToken | None = None
    refused: str = ""

    def heard(self, message: Message) -> Reading:
        """The reading after a message of the engine."""
        if isinstance(message, TextRead) and message.number == self.job:
            return replace(self, prompt=message.prompt, read=message.text)
        if isinstance(message, NextTokensKnown) and message.number == self.job:
            known = message.next_tokens
            return replace(self, text=message.text, next_tokens=known, target=message.target)
        if isinstance(message, JobEnded) and message.number == self.job:
            asked = "" if message.cancelled else self.asked
            read = message.cancelled or self.read == self.asked
            refused = "" if read else message.error or ""
            return replace(self, job=0, asked=asked, refused=refused)
        return self


def to_read(state: State) -> bool:
    """Whether the model could say more about the text than is known, and has the time."""
    if state.phase != "ready" or not state.text.strip() or state.asked == state.run.asked:
        return False
    return (state.reading.asked, state.reading.model) != (state.asked, state.model_name)


def prompt_read(state: State) -> Prompt | None:
    """The tokens of the text in the editor, None where they are not known."""
    reading, run = state.reading, state.run
    if reading.prompt is not None and reading.read == state.asked:
        return reading.prompt
    first = run.done[0] if run.done else run
    return first.prompt if run.asked == state.asked else None


def refused_by_model(state: State) -> str:
    """Why the model cannot take what stands in the editor, empty where it can or was not asked yet."""
    reading = state.reading
    asked = (reading.asked, reading.model) == (state.asked, state.model_name)
    return reading.refused if asked else ""


def expected(state: State) -> tuple[tuple[NextToken, ...], NextToken | None]:
    """The most probable next tokens, and the target: of the run, or of the text typed since."""
    run, reading = state.run, state.reading
    newer = reading.text and reading.text != run.asked and state.asked != run.asked
    if newer and reading.model == state.model_name and state.measure is None:
        return reading.next_tokens, reading.target
    return run.next_tokens, run.target


def scaffold_spans(prompt: Prompt) -> list[tuple[int, int]]:
    """Where special tokens stand in the text; nowhere where a template puts them around it."""
    if prompt.messages:
        return []
    return [(t.start, t.end) for t in prompt.tokens if t.role in SCAFFOLD and t.start < t.end]


def length_of(prompt: Prompt, model: ModelInfo | None) -> tuple[str, bool]:
    """How long the text is in tokens, and whether that is more than the model takes."""
    tokens = len(prompt)
    said = f"{tokens:,} token{'' if tokens == 1 else 's'}"
    most = model.context if model is not None else None
    if most is not None and tokens > most:
        return f"{said}: the model takes {most:,}", True
    return said, False
