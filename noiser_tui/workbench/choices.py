"""What each list of the workbench offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from noiser.bounds import BOUNDS
from noiser.builtin import examples
from noiser.draws import NORMS
from noiser.export import forecast
from noiser.methods import METHODS
from noiser.methods.method import Kind, Method
from noiser.model.available import available_models
from noiser.units import GRANULARITIES
from noiser_tui.look.cells import by_itself
from noiser_tui.look.size import size_text
from noiser_tui.look.themes import theme_names, theme_title
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.actions.registry import Action
from noiser_tui.workbench.keymap import Facts, Keymap, key_label, possible
from noiser_tui.workbench.reading import expected, prompt_read
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.state import State

PREDICTED = ""
"""The value that stands for the model's own prediction, and for no contrast."""

_NORMS = {
    "none": "draws as they are",
    "1": "divided by d·√(2/π)",
    "2": "divided by √d",
    "3": "divided by the expected 3-norm",
    "4": "divided by the expected 4-norm",
    "inf": "divided by √(2 ln d)",
}

_GRANULARITIES = {
    "token": "each token by itself (the paper's)",
    "word": "noise on all tokens of a word at once",
    "sentence": "noise on all tokens of a sentence at once",
    "line": "noise on all tokens of a line at once",
}
_ZOOMS = (0, 1, 2, 3, 5, 10)


RECENT = "used last"
NOT_NOW = "not possible here now"


def command_choices(keymap: Keymap, now: Facts, recent: Sequence[str] = ()) -> list[Choice]:
    """Every action but the list itself, with its keys.

    The `recent` ones that are possible now, then all others by group, then those that are not.
    """
    now = {**now, "modal": False}
    every = [action for action in ACTIONS.values() if action.id != "palette"]
    groups = list(dict.fromkeys(action.group for action in every))
    every.sort(key=lambda action: groups.index(action.group))
    here = {action.id: action for action in every if possible(action.id, now)}
    last = [here.pop(id) for id in recent if id in here]
    other = [action for action in every if action not in last and action.id not in here]

    def choice(action: Action, group: str = "", *, possible: bool = True) -> Choice:
        keys = ", ".join(map(key_label, keymap.keys(action.id)))
        group = group or action.group
        return Choice(action.id, action.title, action.help, keys, group, possible=possible)

    return [
        *(choice(action, RECENT) for action in last),
        *(choice(action) for action in here.values()),
        *(choice(action, NOT_NOW, possible=False) for action in other),
    ]


def method_choices(state: State) -> list[Choice]:
    """The methods by family, with their cost: as estimated on this text, else at most on its tokens."""
    prompt = prompt_read(state)
    n = len(prompt) if prompt is not None else 0
    request, costs = state.request, state.costs
    known = costs.by_method if costs is not None and costs.fits(state.asked, request) else {}
    result = []
    for method in by_family():
        if (estimate := known.get(method.name)) is not None:
            seconds = forecast.approximate(estimate.seconds)
            what = f"{seconds}  {method.what}, {estimate.token_forwards:,} token-forwards"
        elif n:
            what = f"{method.what}, ≤ {method.cost(n, request):,} token-forwards here"
        else:
            what = method.what
        result.append(Choice(method.name, method.name, what, group=method.kind))
    return result


def by_family() -> list[Method]:
    """The methods, those of one kind after each other."""
    return [one for kind in get_args(Kind) for one in METHODS.values() if one.kind == kind]


def bound_choices() -> list[Choice]:
    """The bounds."""
    return [Choice(bound.name, bound.name, bound.what) for bound in BOUNDS.values()]


def norm_choices() -> list[Choice]:
    """The norms."""
    return [Choice(norm, norm, _NORMS[norm]) for norm in NORMS]


def granularity_choices() -> list[Choice]:
    """What can get its noise together."""
    return [Choice(name, name, _GRANULARITIES[name]) for name in GRANULARITIES if name != "span"]


def zoom_choices(granularity: str) -> list[Choice]:
    """How many of the strongest units to look into."""
    return [Choice(str(n), str(n), _zoom(n, granularity)) for n in _ZOOMS]


def _zoom(number: int, granularity: str) -> str:
    if number == 0:
        return f"look into no {granularity}"
    strongest = (
        f"the {number} strongest {granularity}s" if number > 1 else f"the strongest {granularity}"
    )
    return f"explain {strongest} token by token"


def token_choices(state: State, first: Choice) -> list[Choice]:
    """`first`, then the most probable next tokens."""
    tokens = [
        Choice(f"id:{token.id}", f"“{by_itself(token.text)}”", f"{token.probability:.4f}")
        for token in expected(state)[0]
    ]
    return [first, *tokens]


def theme_choices(chosen: str) -> list[Choice]:
    """The themes, with that of a file where one is chosen; one that cannot be read says why."""
    names = dict.fromkeys([*theme_names(), chosen])
    return [Choice(name, theme_title(name), name) for name in names]


def model_choices() -> list[Choice]:
    """The models on this machine."""
    return [
        Choice(model.name, model.name, f"{size_text(model.bytes)}, {model.what}")
        for model in available_models()
    ]


def example_choices() -> list[Choice]:
    """The built-in example prompts."""
    return [Choice(text, text) for text in examples()]
