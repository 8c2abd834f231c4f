"""The tabs of the documents that are open, and what the one on top is about."""

from __future__ import annotations

from rich.style import Style
from textual import events

from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.workbench.desk import Desk, Document
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.action_row import ActionRow, Label
from noiser_tui.workbench.widgets.mouse import MIDDLE

_SIGNS = {"comparison": "⇄ ", "study": "▦ ", "prompts": "≡ ", "settings": "⚙ "}
_WIDEST = 24
_SHOW = "show_tab"


class TabBar(ActionRow[Desk]):
    """One label per document; where they do not all fit, those around the active one."""

    def labels(self, width: int) -> list[Label]:
        """The tabs that fit, with marks where there are more."""
        desk = self.state
        if desk is None:
            return []
        texts = [self._text(one) for one in desk.documents]
        at = next(i for i, one in enumerate(desk.documents) if one.id == desk.active_id)
        first, last = _window([cell_width(text) + 2 for text in texts], at, width - 4)
        labels: list[Label] = [([(" ", self.pens.muted)], "turn_tab(0)")]
        if first:
            labels = [([("‹ ", self.pens.muted)], "turn_tab(-1)")]
        for index in range(first, last):
            active = index == at
            pens = self.pens.at("tab") if active else self.pens
            style = pens.strong + Style(underline=True) if active else pens.muted
            edge = ("▎", pens.accent) if active else (" ", pens.muted)
            show = f"{_SHOW}({desk.documents[index].id})"
            labels.append(([edge, (texts[index], style), (" ", pens.plain)], show))
        if last < len(texts):
            labels.append(([("›", self.pens.muted)], "turn_tab(1)"))
        return labels

    def on_click(self, event: events.Click) -> None:
        """Close the tab under the mouse with the middle button; the left one shows it."""
        show = self.action_at(event.x)
        if event.button == MIDDLE and show.startswith(_SHOW):
            self.post_message(self.Chosen(show.replace(_SHOW, "close_tab", 1)))

    def _text(self, document: Document) -> str:
        running = document.page.job != 0
        mark = " ●" if document.edited else " …" if running else ""
        return f"{_SIGNS.get(document.kind, '')}{one_line(document.title, _WIDEST)}{mark}"


def _window(widths: list[int], at: int, room: int) -> tuple[int, int]:
    """The range of tabs around `at` that fits."""
    first, last, used = at, at + 1, widths[at]
    while True:
        if last < len(widths) and used + widths[last] <= room:
            used += widths[last]
            last += 1
        elif first > 0 and used + widths[first - 1] <= room:
            first -= 1
            used += widths[first]
        else:
            return first, last


class Breadcrumbs(ActionRow[Desk]):
    """Where one is: the document, what is explained, against what; each part opens its list."""

    def labels(self, width: int) -> list[Label]:
        """The parts, from the document inwards."""
        if self.state is None:
            return []
        document = self.state.active
        muted, plain = self.pens.muted, self.pens.plain
        labels: list[Label] = [([(f" {one_line(document.title, 40)}", muted)], "do('quick_open')")]
        page = document.page
        if not isinstance(page, State) or page.run.target is None:
            return labels
        run = page.run
        if run.measure is not None:
            labels.append(([(" › ", muted), (_text_of_two(run), plain)], "do('response')"))
            return [*labels, *self._other_model(page)]
        several = len(run.done) > 1
        what = f"target {run.at + 1} of {len(run.done)}" if several else "next token"
        labels.append(([(" › ", muted), (what, muted)], "do('next_target')"))
        labels.append(
            (
                [(" › ", muted), (f"“{one_line(by_itself(page.run.target.text), 30)}”", plain)],
                "do('target')",
            )
        )
        return [*labels, *self._other_model(page)]

    def _other_model(self, page: State) -> list[Label]:
        """Whose it is, where that model is not the one chosen."""
        if not (made_by := page.other_model):
            return []
        by = f"by {one_line(made_by, 30)}: F5 asks {one_line(page.model_name, 20)}"
        return [([(" › ", self.pens.muted), (by, self.pens.warning)], "do('run')")]


def _text_of_two(run: Run) -> str:
    """The reward or the margin, and of which of its two texts the scores are."""
    if len(run.done) < 2:
        return str(run.measure)
    return f"{run.measure}, text {run.at + 1} of {len(run.done)}"
