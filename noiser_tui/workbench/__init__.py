"""The workbench: type a prompt, see which words the next token hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noiser_tui.history.sessions import SessionFile


def run_workbench(
    *,
    model: str,
    options: dict[str, Any] | None = None,
    theme: str | None = None,
    prompt: str | None = None,
    given: Mapping[str, object] | None = None,
) -> int:
    """Open the workbench on a model and return its exit code when it is left.

    `options` are those of `noiser.load`: device, dtype and so on. `given` are the settings that the
    command line gave, by key: they count over those in files.
    """
    import os
    import sys

    from noiser_tui.workbench.environment import prepare_environment
    from noiser_tui.workbench.garbage import collect_later

    collect_later()
    from noiser_tui.settings.settings import load_settings

    settings = load_settings(given=given)
    # before textual is imported: it reads them then
    prepare_environment(animations=settings.values.terminal.animations)
    from noiser_tui.look.depth import chosen_depth
    from noiser_tui.workbench.app import Workbench

    session, problem = _session()
    app = Workbench(
        model=model,
        options=options or {},
        theme_name=theme,
        prompt=prompt,
        depth=chosen_depth(
            sys.__stderr__ or sys.stderr, os.environ, settings.values.appearance.colours
        ),
        settings=settings,
        session=session,
    )
    if problem:
        app.refuse(problem, lasting=True)
    app.run()
    # textual asks for the mouse in pixels where it can be had, and leaves it so
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        sys.__stderr__.write("\x1b[?1016l")
        sys.__stderr__.flush()
    for told in app.writing.unseen:
        sys.stderr.write(f"noiser: {told}\n")
    for folder in app.studies.running:
        sys.stderr.write(f"The study goes on by itself: noiser study watch {folder}\n")
    return app.return_code or 0


def _session() -> tuple[SessionFile | None, str]:
    """What was open in this folder, or why that cannot be known."""
    from noiser.errors import NoiserError
    from noiser_tui.history.sessions import SessionFile
    from noiser_tui.settings.places import start_folder

    try:
        file = SessionFile(start_folder())
    except NoiserError as error:
        return None, str(error)
    return file, " ".join(file.problems)
