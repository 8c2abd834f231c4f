"""The workbench: type a prompt, see which words the next token hangs on."""

from __future__ import annotations

from typing import Any


def run_workbench(
    *,
    model: str,
    options: dict[str, Any] | None = None,
    theme: str | None = None,
    prompt: str | None = None,
) -> int:
    """Open the workbench on a model and return its exit code when it is left.

    `options` are those of `noiser.load`: device, dtype and so on.
    """
    from noiser_tui.workbench.environment import prepare_environment

    prepare_environment()  # before textual is imported: it reads the frame rate then
    from noiser_tui.workbench.app import Workbench

    app = Workbench(model=model, options=options or {}, theme_name=theme, prompt=prompt)
    app.run()
    return app.return_code or 0
