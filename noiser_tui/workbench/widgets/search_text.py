"""What the search panel says in words: what is done, what is expected, what was spent."""

from __future__ import annotations

from noiser.bounds import get_bound
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.methods import METHODS
from noiser_tui.look.cells import by_itself, cell_width, one_line, visible
from noiser_tui.workbench.costs import WORTH
from noiser_tui.workbench.replay import why_not
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State

NAMED = 3
"""Tokens that a warning names at most; the panel of problems has each by itself."""


def warned(run: Run) -> list[str]:
    """The warnings, each sentence once, behind the tokens or units that it is about."""
    about: dict[str, list[str]] = {}
    for warning in run.warnings:
        names = about.setdefault(warning.message, [])
        if text := run.text_of(warning):
            names.append(_quoted(text))
    told = []
    for sentence, names in about.items():
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        told.append(f"{', '.join(names[:NAMED])}{more}: {sentence}" if names else sentence)
    return told


def expectations(state: State) -> list[str]:
    """While it runs: how long it takes where that is long, and why no preview comes."""
    costs = state.run.costs
    if state.phase != "running" or costs is None:
        return []
    short = costs.own.seconds < WORTH  # over before it is read
    return list(
        filter(
            None,
            [
                costs.warning(refining=state.run.refining),
                "" if short else why_no_preview(state.run),
            ],
        )
    )


def why_no_preview(run: Run) -> str:
    """Why none came before the scores; empty where one did."""
    if run.costs is None or not run.costs.no_preview:
        return ""
    return f"No preview: {run.costs.no_preview}."


def below_the_search(state: State) -> list[str]:
    """Once it has ended: why there was no preview, and how its steps can be looked at, or why not."""
    if state.phase == "running" or state.run.explanation is None:
        return []
    told = [why_no_preview(state.run)] if state.phase == "ready" else []
    if state.run.steps:
        told.append(
            "Left and Right look at each step again, Alt+A plays them, Alt+L: linear scale."
        )
    elif state.run.search is not None:
        told.append(why_not(state))
    return [one for one in told if one]


def left(run: Run, width: int) -> str:
    """Who is still searched, and how far the step is, as far as it fits."""
    assert run.search is not None
    form = f"{len(run.search.active)} of {len(run.search.brackets)} left"
    if run.tried is None or run.tried.done >= run.tried.total:
        return form
    longer = f"{form}, {run.tried.done} tried"
    return longer if cell_width(longer) <= width else form


def work(run: Run, width: int = 80) -> str:
    """The work beside the released code's, at the end with their ratio, in the longest form that fits."""
    spent = run.work.token_forwards
    if not spent:
        return ""
    forms = [f"work {spent:,}"]
    own = run.found
    if own is None and (released := _released(run)):
        forms.insert(0, f"work {spent:,} of {released:,}")
    if own is not None and own.work.reference_token_forwards:
        reference = own.work.reference_token_forwards
        less = f"{reference / spent:.1f}× less"
        forms = [
            f"work {spent:,} of {reference:,} ({less})",
            f"work {spent:,} ({less})",
            less,
        ]
        if before := run.before.token_forwards:
            forms.insert(0, f"work {spent:,} of {reference:,} ({less}), {before:,} for the preview")
    return next((form for form in forms if cell_width(form) <= width), "")


def _released(run: Run) -> int:
    """What the released code spends on what was asked; 0 where it has no such run, or that is not known."""
    request, target = run.asked_with, run.target
    if run.prompt is None or request is None or target is None or run.measure is not None:
        return 0
    # an answer is called by its first token, with the text of all
    named = any((one.id, one.text) == (target.id, target.text) for one in run.next_tokens)
    if request.target is not None and not named:
        return 0
    return METHODS[request.method].reference_work(len(run.prompt), request)


def without_search(state: State) -> str:
    """The summary while there is no search to tell of."""
    run = state.run
    if run.explanation is not None and _stopped_on_the_way(run.explanation):
        return f"The search was stopped on the way   {work(run)}"
    if run.explanation is not None and not run.refining:
        return f"{run.explanation.method} searches no scale here   {work(run)}"
    if state.phase == "running" and run.tried is not None:
        tried = run.tried
        return f"step 1: {tried.done} of {tried.total} {run.searched} tried   {work(run)}"
    if state.phase == "running" and run.inside:
        many = f"{run.inside} {run.granularity}{'s' if run.inside > 1 else ''}"
        return f"Looking into {many}, token by token   {work(run)}"
    if run.refining:
        return f"These are the fast search's scores; the exact one begins   {work(run)}"
    if state.phase == "running":
        return "It begins as soon as the engine gets to it."
    if state.phase == "estimating":
        return "The model is being measured on this prompt."
    if state.phase == "loading" and not state.error:
        return f"{visible(state.model_name)} is loading: type meanwhile, F5 runs as soon as it is there."
    return "The bisection for the noise scale is shown here while it runs: press F5."


def _stopped_on_the_way(found: Explanation) -> bool:
    """Whether a cancel came into a search whose steps are not known."""
    searched = METHODS[found.method].searches and get_bound(found.bound).searches
    return searched and not found.complete and found.left_off is not None


def scored_by_now(run: Run) -> str:
    """How far a run that was cancelled came."""
    explanation = run.explanation
    if explanation is None or explanation.complete:
        return ""
    return wording.scored(explanation)


def kind_of_scores(run: Run) -> str:
    """One word on the scores where they are not those of the whole search that was asked for."""
    if run.explanation is None:
        return ""
    if not run.explanation.complete:
        return "partial"
    return "preview" if run.preview else ""


def _quoted(text: str) -> str:
    return f"“{one_line(by_itself(text.strip() or ' '), 16)}”"


def scale_of(state: State, *, linear: bool = False) -> str:
    """What the brackets of the search are drawn on."""
    what = state.run.searched.removesuffix("s")
    axis = "linear from 0" if linear else "logarithmic from 0.001"
    return f"noise scale α per {what}, {axis} to 1"


def in_short(state: State, width: int) -> str:
    """How the search stands, in what fits of one line."""
    run = state.run
    if run.search is None:
        return without_search(state)
    search = run.search
    parts = [f"step {min(search.step, search.steps)}/{search.steps}"]
    if run.found is not None and run.found.alpha is not None:
        parts = [f"α {wording.scale(run.found.alpha)}"]
    if search.leaders and len(search.leaders) <= 2:
        names = ", ".join(_quoted(run.text_at(i)) for i in search.leaders)
        parts.append(f"decided by {names}")
    parts.append(left(run, width) if run.found is None else work(run, width))
    text = parts[0]
    for part in filter(None, parts[1:]):
        if cell_width(longer := f"{text}   {part}") <= width:
            text = longer
    return text
