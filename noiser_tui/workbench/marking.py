"""Marking a piece of the prompt, so that it is explained as one unit.

In a chat a text is marked, wherever somebody says it, as by `noiser explain --mark`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.units import Span
from noiser_tui.workbench.spans import other_marks, toggled, with_marks, with_spans
from noiser_tui.workbench.views.explanation import ExplanationView

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.state import State
    from noiser_tui.workbench.widgets.prompt_editor import PromptEditor


def mark(app: Workbench) -> None:
    """Mark the selection or the word at the cursor, or take its mark away."""
    app.call_after_typing(_mark, app)


def _mark(app: Workbench) -> None:
    view = app.view
    if not isinstance(view, ExplanationView):
        return
    page, request = app.state, app.state.request
    text, start, end = _selected(view.editor)
    try:
        if page.chat.on:
            marks = marks_of(page)
            span = marked_or_chosen(text, start, end, marks)
            marked = with_marks(request, other_marks(marks, text[slice(*span)]) if span else ())
        else:
            span = chosen_span(text, start, end, request.spans)
            marked = with_spans(request, toggled(request.spans, span) if span else ())
    except WrongUse as error:
        app.refuse(str(error))
        return
    if span is None:
        app.refuse("There is nothing to mark: select some text, or go to a word.")
        return
    names = ("granularity", "zoom", "aggregate", "spans", "marks")
    app.change_request(**{name: getattr(marked, name) for name in names})


def marks_of(page: State) -> tuple[str, ...]:
    """The texts that are marked in a chat: where they stand in it, only its template knows."""
    prompt, request = page.run.prompt, page.request
    if request.marks or prompt is None:
        return request.marks
    return tuple(dict.fromkeys(prompt.text[start:end] for start, end in request.spans))


def marked_or_chosen(text: str, start: int, end: int, marks: tuple[str, ...]) -> Span | None:
    """As `chosen_span`, where every occurrence of the `marks` is marked."""
    spans = [one.span() for mark in marks for one in re.finditer(re.escape(mark), text)]
    return chosen_span(text, start, end, tuple(spans))


def _selected(editor: PromptEditor) -> tuple[str, int, int]:
    """The text, and the selection's first and last place in it."""
    start, end = sorted(len(editor.get_text_range((0, 0), place)) for place in editor.selection)
    return editor.text, start, end


def chosen_span(text: str, start: int, end: int, marked: tuple[Span, ...]) -> Span | None:
    """The characters meant: those selected without the space around them, the mark or word at a place.

    None where there is nothing but space.
    """
    if start == end:
        at_marks = [span for span in marked if span[0] <= start <= span[1]]
        words = (word.span() for word in re.finditer(r"\S+", text))
        at_words = (word for word in words if word[0] <= start <= word[1])
        return next(iter(at_marks), None) or next(at_words, None)
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip())
    end -= len(inside) - len(inside.rstrip())
    return (start, end) if start < end else None
