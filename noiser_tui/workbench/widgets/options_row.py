"""The row of choices: each names what is chosen and opens the list of what could be."""

from __future__ import annotations

from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.workbench.reading import expected
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.action_row import ActionRow, Label


class OptionsRow(ActionRow[State]):
    """Model, method, bound, norm, granularity, target and contrast on one line."""

    def labels(self, width: int) -> list[Label]:
        """Names and values; where room is short the arrows go first, then the names."""
        if self.state is None:
            return []
        options = _options(self.state)
        for name_form, value_form in ((" {} ", "{} ▾ "), (" {} ", "{}"), (" ", "{} ▾")):
            labels: list[Label] = [
                (
                    [
                        (name_form.format(name), self.pens.muted),
                        (value_form.format(value), self.pens.accent if new else self.pens.strong),
                    ],
                    action,
                )
                for name, value, action, new in options
            ]
            if sum(cell_width(text) for parts, _ in labels for text, _ in parts) <= width:
                break
        return labels


def _options(state: State) -> list[tuple[str, str, str, bool]]:
    """Name, value, action and whether it differs from the default, for each option."""
    request = state.request
    own = expected(state)[1]
    target = "predicted" if own is None else f"“{one_line(own.text, 14)}”"
    if request.target is not None:
        target = _named(state, request.target)
    contrast = "—" if request.contrast is None else _named(state, request.contrast)
    by = request.granularity
    units = [("by", by, "do('granularity')", by != "token")]
    if by != "token":
        units.append(("zoom", str(request.zoom), "do('zoom')", request.zoom != 0))
    return [
        ("model", one_line(state.model_name.rsplit("/", 1)[-1], 20), "do('model')", False),
        ("method", request.method, "do('method')", request.method != "noiser"),
        ("bound", request.bound, "do('bound')", request.bound != "min"),
        ("norm", request.norm, "do('norm')", request.norm != "none"),
        *units,
        ("target", target, "do('target')", request.target is not None),
        ("vs", contrast, "do('contrast')", request.contrast is not None),
    ]


def _named(state: State, text: str) -> str:
    """A token as the user chose it: `id:N` by its text where that is known."""
    for token in expected(state)[0]:
        if text == f"id:{token.id}":
            text = token.text
    return f"“{one_line(text, 14)}”"
