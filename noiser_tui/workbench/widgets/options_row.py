"""The row of choices: each names what is chosen and opens the list of what could be."""

from __future__ import annotations

from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.workbench.reading import expected
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.action_row import ActionRow, Label


class OptionsRow(ActionRow[State]):
    """Model, method, bound, norm, granularity, target and contrast on one line."""

    def labels(self, width: int) -> list[Label]:
        """Names and values; where room is short the arrows go first, then the names, then usual values.

        Target and contrast stay: what is explained must be seen.
        """
        if self.state is None:
            return []
        options = _options(self.state)
        for name_form, value_form in (
            (" {} ", "{} ▾ "),
            (" {} ", "{}"),
            (" ", "{} ▾"),
            (" ", "{}"),
        ):
            labels = self._labels(options, name_form, value_form)
            if _cells(labels) <= width:
                return labels
        rare = ("norm", "bound", "by", "model", "method", "zoom")
        for name, even_chosen in ((name, chosen) for chosen in (False, True) for name in rare):
            options = [one for one in options if one[0] != name or (one[3] and not even_chosen)]
            labels = self._labels(options, " ", "{}")
            if _cells(labels) <= width:
                break
        return labels

    def _labels(
        self, options: list[tuple[str, str, str, bool]], name_form: str, value_form: str
    ) -> list[Label]:
        return [
            (
                [
                    (form.format(name), self.pens.muted),
                    (value_form.format(value), self.pens.accent if new else self.pens.strong),
                ],
                action,
            )
            for name, value, action, new in options
            for form in (" {} " if new and name == "vs" else name_form,)
        ]


def _cells(labels: list[Label]) -> int:
    return sum(cell_width(text) for parts, _ in labels for text, _ in parts)


def _options(state: State) -> list[tuple[str, str, str, bool]]:
    """Name, value, action and whether it differs from the default, for each option."""
    request = state.request
    own = expected(state)[1] if state.run.measure is None else None
    target = "predicted" if own is None else f"“{one_line(by_itself(own.text), 14)}”"
    if request.target is not None:
        target = _named(state, request.target)
    contrast = "—" if request.contrast is None else _named(state, request.contrast)
    by = request.granularity
    marked = len(request.spans) + len(request.marks)
    shown = f"{by} ({marked})" if marked else by
    units = [("by", shown, "do('granularity')", by != "token")]
    if by != "token":
        units.append(("zoom", str(request.zoom), "do('zoom')", request.zoom != 0))
    explained = [
        ("target", target, "do('target')", request.target is not None),
        ("vs", contrast, "do('contrast')", request.contrast is not None),
    ]
    if state.measure is not None:
        explained = [("target", state.measure, "do('response')", state.response.on)]
    return [
        ("model", one_line(state.model_name.rsplit("/", 1)[-1], 20), "do('model')", False),
        ("method", request.method, "do('method')", request.method != "noiser"),
        ("bound", request.bound, "do('bound')", request.bound != "min"),
        ("norm", request.norm, "do('norm')", request.norm != "none"),
        *units,
        *explained,
    ]


def _named(state: State, text: str) -> str:
    """A token as the user chose it: `id:N` by its text where that is known."""
    for token in expected(state)[0]:
        if text == f"id:{token.id}":
            text = token.text
    return f"“{one_line(by_itself(text), 14)}”"
