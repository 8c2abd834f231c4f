"""The prompts of a file of many, as they are listed to be explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.data.reading import read_samples
from noiser.errors import NoiserError
from noiser.prompt_lines import numbered_lines, read_line
from noiser.request import Request
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.prompt_list import Listed, PromptList, with_prompts
from noiser_tui.workbench.readable import checked

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def prompts_in(path: Path, request: Request) -> tuple[Listed, ...]:
    """The prompts of a file, each with its own request where its line has one.

    A line of JSONL that cannot be read is listed as such; NoiserError where the whole cannot be.
    """
    if path.suffix != ".jsonl":
        samples = read_samples(path)
        return tuple(Listed(f"sample {one.id}", one.prompt, request) for one in samples)
    try:
        with path.open("rb") as lines:
            listed = tuple(_line(*one, request) for one in numbered_lines(lines))
    except OSError as error:
        raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not listed:
        raise NoiserError(f"{path} holds no prompts.")
    return listed


def read(
    app: Workbench, id: int, *, then: Callable[[Workbench, int], object] | None = None
) -> None:
    """Read the file of a tab, beside the loop."""
    page = app.desk.page(id)
    if not isinstance(page, PromptList):
        return

    def use(prompts: tuple[Listed, ...]) -> None:
        now = app.desk.page(id)
        if isinstance(now, PromptList) and not now.prompts:
            app.show_page(with_prompts(now, prompts), id)
            if then is not None:
                then(app, id)

    def failed(why: str) -> None:
        now = app.desk.page(id)
        if isinstance(now, PromptList):
            app.show_page(replace(now, error=why), id)

    beside(app, partial(_read, Path(page.path), page.request), use=use, failed=failed)


def _read(path: Path, request: Request) -> tuple[Listed, ...]:
    return prompts_in(checked(path), request)


def _line(number: int, line: bytes, request: Request) -> Listed:
    name = f"line {number}"
    try:
        said, own = read_line(line, request)
    except NoiserError as error:
        return Listed(name, None, request, "unread", f"It cannot be read: {error}")
    if isinstance(said, str) and not said.strip():
        return Listed(name, None, request, "unread", "It cannot be read: the prompt is empty.")
    return replace(Listed(name, said, request), request=own)
