"""One explanation as it comes: what each of the engine's events adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from noiser.events import (
    BatchHalved,
    Event,
    Explained,
    NextToken,
    PromptRead,
    SamplesRun,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Warned,
    Work,
    ZoomedIn,
)
from noiser.explanation import Explanation
from noiser.prompt import Prompt
from noiser.request import Request
from noiser.units import Unit, unit_text
from noiser_tui.workbench.chat_form import said_in
from noiser_tui.workbench.costs import Costs
from noiser_tui.workbench.replay import Step, recorded
from noiser_tui.workbench.response_form import Measure, Question, Responded


@dataclass(frozen=True)
class Run:
    """One explanation, from the question on: what is known of it so far.

    `search` is the last step of the search, `tried` how far the next one is; `raw` the raw scores
    known so far; `outcome` one word on how the run ended, `why` a sentence where it failed. `units` get
    their noise together, `names` are their texts by first position; once `inside` of them are looked
    into, positions are of tokens, and so they are where their tokens are not changed jointly.
    `preview` says that the scores are those of the fast search that went before, `refining` that the
    search is the exact one after it: `before` is what the preview spent. `costs` is what was expected.
    `asked_with` is the request with which it was asked for, None where that is not known.
    Where several targets are explained in turn, `done` are the runs of those that are, and `at` says
    which of them is shown; of a margin they are its two texts. `responded` is the response that was asked
    about, None where none was. `steps` are those of the search, to be looked at once it has ended.
    """

    prompt: Prompt | None = None
    granularity: str = "token"
    joint: bool = True
    units: tuple[Unit, ...] = ()
    names: dict[int, str] = field(default_factory=dict)
    inside: int = 0
    target: NextToken | None = None
    next_tokens: tuple[NextToken, ...] = ()
    search: SearchNarrowed | None = None
    tried: ScalesTried | None = None
    raw: dict[int, float] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    explanation: Explanation | None = None
    warnings: tuple[Warned, ...] = ()
    outcome: str = ""
    why: str = ""
    preview: bool = False
    refining: bool = False
    before: Work = field(default_factory=Work)
    before_seconds: float = 0.0
    costs: Costs | None = None
    responded: Responded | None = None
    done: tuple[Run, ...] = ()
    at: int = 0
    steps: tuple[Step, ...] = ()
    asked_with: Request | None = None

    @property
    def text(self) -> str | None:
        """The text that was explained, without what was generated before the target shown."""
        first = self.done[0] if self.done else self
        if first.prompt is None:
            return None
        written = [token.start for token in first.prompt.tokens if token.role == "generated"]
        return first.prompt.text[: written[0]] if written else first.prompt.text

    @property
    def asked(self) -> Question | None:
        """What was asked about: that text, the chat that its template made it of, or a response."""
        first = self.done[0] if self.done else self
        if first.responded is not None:
            return first.responded
        if first.prompt is not None and first.prompt.messages:
            return said_in(first.prompt)
        return self.text

    @property
    def measure(self) -> Measure | None:
        """What is explained where that is a number for a whole text, and no token's probability."""
        if self.explanation is not None:
            kind = self.explanation.explains
            return kind if kind == "reward" or kind == "margin" else None
        if self.target is None or self.target.id >= 0:
            return None
        return self.responded.measure if self.responded is not None else "reward"

    @property
    def saved(self) -> Explanation | None:
        """What is saved: of several targets all of them."""
        made = [one.explanation for one in self.done if one.explanation is not None]
        if not made or (self.explanation is not None and not self.explanation.complete):
            return self.explanation
        return replace(made[0], continuation=tuple(made[1:]))

    @property
    def begun(self) -> Explanation | None:
        """What a cancel left for a run of the same request to go on from."""
        left = self.saved
        return left if left is not None and left.resumable else None

    @property
    def found(self) -> Explanation | None:
        """The explanation, once the search that is shown has come to it."""
        whole = self.explanation is not None and self.explanation.complete
        return self.explanation if whole and not self.refining else None

    @property
    def seconds(self) -> float:
        """What was spent on the explanation that is shown, and on the preview before it."""
        spent = self.explanation.seconds if self.explanation is not None else 0.0
        return spent if self.preview else self.before_seconds + spent

    def text_at(self, position: int) -> str:
        """The text of what the search calls by a position: a unit, or a token."""
        if self.prompt is None:
            return str(position)
        if self.inside or not self.joint or position not in self.names:
            return self.prompt.tokens[position].text
        return self.names[position]

    def text_of(self, told: Warned) -> str:
        """The text of the unit or the token that a warning is about; empty where it is about none."""
        at = told.position
        if at is None or self.prompt is None:
            return ""
        if told.last is not None and at in self.names:
            return self.names[at]
        return self.prompt.tokens[at].text if at < len(self.prompt) else ""

    @property
    def searched(self) -> str:
        """What the search is over, in the plural."""
        return "tokens" if self.inside or not self.joint else f"{self.granularity}s"


def run_told(run: Run, event: Event, *, preview: bool = False) -> Run:
    """The run after an event of its job, or of the preview that goes before it."""
    if isinstance(event, PromptRead):
        return _read(run, event, preview=preview)
    if isinstance(event, ZoomedIn):
        return replace(run, inside=len(event.units), search=None, tried=None)
    if isinstance(event, SearchNarrowed):
        steps, work = recorded(run, event), run.before + event.work
        return replace(run, search=event, steps=steps, tried=None, work=work)
    if isinstance(event, ScalesTried):
        return replace(run, tried=event, work=run.before + event.work)
    if isinstance(event, (TokensScored, SamplesRun)) and (run.inside or run.refining):
        # a token's share is known once all are, and a preview is replaced as a whole
        return replace(run, work=run.before + event.work)
    if isinstance(event, (TokensScored, SamplesRun)):
        return replace(run, raw={**run.raw, **event.raw}, work=event.work)
    if isinstance(event, Warned):
        return replace(run, warnings=(*run.warnings, event))
    if isinstance(event, Explained) and event.explanation.explains == "margin":
        return _margin(run, event.explanation)
    if isinstance(event, Explained):
        work = run.before + event.explanation.work
        run = replace(run, preview=preview, refining=False)
        run = replace(run, explanation=event.explanation, work=work)
        return run if event.steps == 1 else _one_done(run, last=event.step == event.steps - 1)
    if isinstance(event, BatchHalved):
        halved = Warned(f"Memory ran out: batches were halved to {event.rows} rows.")
        work = run.before + event.work
        return replace(run, warnings=(*run.warnings, halved), work=work)
    raise TypeError(f"unknown event {event!r}")


def _read(run: Run, event: PromptRead, *, preview: bool) -> Run:
    """A search begins: that of a new prompt, or the exact one behind the preview's scores."""
    if run.preview and not preview and run.explanation is not None:
        spent = replace(run.explanation.work, reference_token_forwards=0)
        run = replace(run, refining=True, before=spent, before_seconds=run.explanation.seconds)
        return replace(run, search=None, steps=(), tried=None, inside=0, warnings=(), work=spent)
    prompt = event.prompt
    return Run(
        prompt=prompt,
        granularity=event.granularity,
        joint=event.joint,
        units=event.units,
        names={u[0]: unit_text(prompt.text, prompt.tokens, u) for u in event.units},
        target=event.target,
        next_tokens=event.next_tokens,
        preview=preview,
        costs=run.costs,
        responded=run.responded,
        done=run.done if event.step else (),
        asked_with=run.asked_with,
    )


def _one_done(run: Run, *, last: bool) -> Run:
    """One of several targets is explained; after the last of them the first is shown again."""
    run = replace(run, done=(*run.done, replace(run, done=())))
    return shown(run, 0) if last else run


def _margin(run: Run, margin: Explanation) -> Run:
    """The rewards of the two texts, which were explained in turn, made into their margin."""
    for step, one in enumerate(margin.steps_explained):
        run = redrawn(run, one, step)
    targets = [one.target for one in margin.steps_explained]
    done = [replace(one, target=new) for one, new in zip(run.done, targets, strict=True)]
    return shown(replace(run, done=tuple(done)), 0)


def shown(run: Run, at: int) -> Run:
    """The run of another of several targets, in the same series."""
    one = replace(run.done[at], outcome=run.outcome, why=run.why, costs=run.costs)
    return replace(one, done=run.done, at=at)


def redrawn(run: Run, explanation: Explanation, step: int = 0) -> Run:
    """The run with more draws for one of its targets, or for the only one."""
    alone = replace(explanation, continuation=())

    def with_draws(one: Run) -> Run:
        return replace(one, explanation=alone, warnings=alone.warnings, work=alone.work)

    if not run.done:
        return with_draws(run)
    done = (*run.done[:step], with_draws(run.done[step]), *run.done[step + 1 :])
    return shown(replace(run, done=done), run.at)


def run_stopped(run: Run, partial: Explanation | None) -> Run:
    """The run after its job ended: where it was cancelled with the `partial` that is known.

    A preview is whole, and so is worth more than the beginnings of what was to replace it; what noise did
    in those is kept with it, to go on from.
    """
    if run.refining and run.explanation is not None:
        left_off = partial.left_off if partial is not None else None
        preview = replace(run.explanation, left_off=left_off)
        return replace(run, explanation=preview, warnings=run.explanation.warnings)
    if partial is None:
        return run
    if run.done and partial.explains == "reward":  # of two texts, the first alone
        run = shown(run, 0)
    more = tuple(one for one in partial.warnings if one not in run.warnings)
    return replace(run, explanation=partial, warnings=(*run.warnings, *more), work=partial.work)
