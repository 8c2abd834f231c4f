"""Every option of an explanation: what it is, the values it can have, and where it has no effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from noiser.aggregation import AGGREGATES
from noiser.bounds import BOUNDS
from noiser.errors import WrongUse
from noiser.methods import METHODS
from noiser.request import BASELINES, REDUCTIONS, Request
from noiser.units import GRANULARITIES, read_span
from noiser_tui.settings.kinds import Flag, Kind, OneOf, Text, Whole
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.workbench.chat_form import ChatForm
from noiser_tui.workbench.response_form import ResponseForm, not_of_rewards
from noiser_tui.workbench.state import State

Values = Mapping[str, Any]
"""The fields of a request by name; together they may be none yet."""

AUTO = "auto"
"""How a number that the method chooses itself is written."""


@dataclass(frozen=True)
class Option:
    """One field of a request, or how the text is read or responded to; `unset` is how None is shown."""

    name: str
    kind: Kind
    what: str
    unset: str = ""

    @property
    def default(self) -> Any:
        """Its value where nothing is chosen."""
        return _DEFAULTS[self.name]

    @property
    def allowed(self) -> str:
        """The values there are, in words."""
        return f"{self.kind.allowed}, or {self.unset}" if self.unset else self.kind.allowed

    def read(self, text: str) -> Any:
        """The field's value; WrongUse, one sentence, where it cannot be one."""
        if self.unset and (not text or self.unset == AUTO == text.strip()):
            return None
        return read_spans(text) if self.name == "spans" else self.kind.read(text)

    def written(self, value: Any) -> str:
        """The value as `read` takes it."""
        if value is None:
            return ""
        if self.name == "spans":
            return " ".join(f"{start}:{end}" for start, end in value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def shown(self, value: Any) -> str:
        """The value in a list."""
        return self.written(value) or self.unset or "none"


def read_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans that are written START:END with spaces or commas between them."""
    spans = tuple(sorted({read_span(one) for one in text.replace(",", " ").split()}))
    for start, end in spans:
        if start >= end:
            raise WrongUse(f"The span {start}:{end} has no character: it is START:END, from 0.")
    return spans


def _as_setting(name: str) -> Option:
    """An option that is a setting as well, with that one's words."""
    setting = SETTINGS[f"explain.{name}"]
    return Option(name, setting.kind, setting.what)


CHAT, SYSTEM, RESPONSE, AGAINST = "chat", "system", "response", "against"
"""Options of the tab and not of the request: how the text in the editor is read, and responded to."""
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Request)}
_DEFAULTS |= {CHAT: False, SYSTEM: None, RESPONSE: None, AGAINST: None}

OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        _as_setting("method"),
        _as_setting("bound"),
        _as_setting("norm"),
        _as_setting("normalisation"),
        Option(
            "target", Text("any text, or id:N"), "What is explained, of any length.", "predicted"
        ),
        Option(
            "contrast", Text("one token, as text"), "The target is explained against it.", "none"
        ),
        Option("generate", Whole(0, 100_000), "Explain so many generated tokens instead."),
        Option(
            "at", Whole(0, 100_000), "Only this one of them, or of the target, from 1; 0 for all."
        ),
        Option(CHAT, Flag(), "The prompt is what the user says to a chat model, in its template."),
        Option(SYSTEM, Text("any text"), "What the system says first in a chat.", "none"),
        Option(RESPONSE, Text("any text"), "Explain a reward model's number for it.", "none"),
        Option(AGAINST, Text("any text"), "Explain the margin over this response.", "none"),
        _as_setting("draws"),
        Option("steps", Whole(1, 50), "Of the bisection that searches the scale."),
        _as_setting("seed"),
        _as_setting("search"),
        _as_setting("specials"),
        Option("granularity", OneOf(GRANULARITIES), SETTINGS["explain.granularity"].what),
        Option(
            "spans", Text("START:END from 0, spaces between"), "Characters that are one unit each."
        ),
        Option("aggregate", OneOf(AGGREGATES), "How a unit gets its score."),
        Option("zoom", Whole(0, 100_000), "So many of the strongest units, token by token."),
        Option("samples", Whole(1, 1_000_000), "Points of a path, or perturbed prompts.", AUTO),
        Option("layer", Whole(-1_000, 1_000), "Whose output is explained; -1 is the last.", AUTO),
        Option("baseline", OneOf(BASELINES), "What stands for nothing."),
        Option("reduction", OneOf(REDUCTIONS), "Hidden dimensions to one number."),
        Option("reference", Flag(), "The released code's numbers."),
    )
}
"""Every option by its name, in the order in which they are listed."""


def let_go(values: Values, method: str) -> dict[str, Any]:
    """The options that are set and that another method does not take, at their defaults."""
    taken = METHODS[method].options if method in METHODS else frozenset()
    return {
        name: _DEFAULTS[name]
        for name in ("samples", "layer", "baseline", "reduction")
        if values[name] != _DEFAULTS[name] and name not in taken
    }


def problem(values: Values) -> str:
    """Why there can be no request of these values, in one sentence; empty where there can."""
    try:
        request = request_of(values)
    except WrongUse as error:
        return str(error)
    form = response_of(values)
    return not_of_rewards(form, request, "What gives rewards") if form.on else ""


def values_of(page: State) -> dict[str, Any]:
    """What is chosen on a page, by option."""
    response, against = page.response.response or None, page.response.against or None
    how = {CHAT: page.chat.on, SYSTEM: page.chat.system, RESPONSE: response, AGAINST: against}
    return {**vars(page.request), **how}


def request_of(values: Values) -> Request:
    """The request of these values; WrongUse where there can be none."""
    of_the_tab = (CHAT, SYSTEM, RESPONSE, AGAINST)
    return Request(**{name: one for name, one in values.items() if name not in of_the_tab})


def form_with(form: ChatForm, values: Values) -> ChatForm:
    """How the text is read by these values; what stood before it in a chat stays."""
    form = form if form.system == values[SYSTEM] else form.with_system(values[SYSTEM])
    return replace(form, on=values[CHAT])


def response_of(values: Values) -> ResponseForm:
    """The response that these values ask about; without one there is none to hold it against."""
    response = values.get(RESPONSE) or ""
    return ResponseForm(response, (values.get(AGAINST) or "") if response else "")


def no_effect(name: str, values: Values) -> str:
    """Why an option changes nothing, or cannot be chosen, beside the others; empty where it counts."""
    method, reference = METHODS[values["method"]], values["reference"]
    by_token = values["granularity"] == "token"
    searched = method.searches and BOUNDS[values["bound"]].searches
    reasons: Mapping[str, Sequence[tuple[bool, str]]] = {
        "bound": [(not method.searches, f"{method.name} has no noise")],
        "norm": [(not method.searches, f"{method.name} has no noise")],
        "draws": [(not method.searches, f"{method.name} has no noise")],
        "steps": [
            (not method.searches, f"{method.name} searches nothing"),
            (not searched, f"the bound {values['bound']} searches nothing"),
        ],
        "search": [
            (not method.searches, f"{method.name} searches nothing"),
            (values["bound"] != "min", "the fast search is for the bound min"),
            (reference, "reference mode searches as released"),
        ],
        "seed": [(not (method.searches or method.name in _DRAWN), f"{method.name} draws nothing")],
        "normalisation": [(reference, "reference mode takes the signed sum")],
        "specials": [(reference, "reference mode includes them")],
        "target": _target(method.name, method.needs_target, values),
        "contrast": _target(method.name, method.needs_target, values),
        "generate": [
            (bool(values.get(RESPONSE)), "a response is explained"),
            (values["target"] is not None, "a target is chosen"),
            (values["contrast"] is not None, "a contrast is chosen"),
        ],
        "at": [(not values["generate"] and values["target"] is None, "no target, none generated")],
        "granularity": [(reference, "reference mode is by token")],
        "spans": [(reference, "reference mode is by token")],
        "aggregate": [(by_token, "each token is a unit")],
        "zoom": [
            (by_token, "each token is a unit"),
            (values["aggregate"] not in ("auto", "joint"), "units are sums of tokens"),
            (not method.joint, f"{method.name} goes token by token"),
        ],
        AGAINST: [(not values.get(RESPONSE), "there is no response")],
        SYSTEM: [(not values.get(CHAT), "the prompt is no chat")],
        "reference": [(not method.released, f"the released code has no {method.name}")],
    }
    own = ("samples", "layer", "baseline", "reduction")
    if name in own and name not in method.options:
        return f"{method.name} takes none"
    return next((reason for holds, reason in reasons.get(name, ()) if holds), "")


_DRAWN = ("gradient_shap", "lime", "reagent", "random")
"""Methods besides the noise search that draw by the seed."""


def _target(method: str, needed: bool, values: Values) -> list[tuple[bool, str]]:
    return [
        (bool(values.get(RESPONSE)), "a response is explained"),
        (not needed, f"{method} is the same for every target"),
        (values["reference"], "reference mode takes the prediction"),
        (bool(values["generate"]), "generated tokens are explained"),
    ]
