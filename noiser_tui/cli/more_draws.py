"""`noiser more-draws`: a saved run made surer, for the work of the new draws alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noiser.draws import TIMES_MORE
from noiser.errors import WrongUse
from noiser_tui.cli import asking, options
from noiser_tui.cli.model_choice import ModelChoice

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.language_model import LanguageModel
    from noiser_tui.cli.progress import Progress


def more_draws(
    file: Annotated[Path, typer.Argument(help="A run that --output or --json saved; - for stdin.")],
    draws: Annotated[
        int | None,
        typer.Option(help="How many in all; else four times as many.", show_default=False),
    ] = None,
    device: options.Device = "auto",
    memory: options.Memory = None,
    device_map: options.DeviceMap = None,
    trust: options.Trust = None,
    as_json: options.AsJson = False,
    output: options.Output = None,
    rows: options.Rows = None,
    theme: options.Theme = None,
    quiet: asking.Quiet = False,
) -> None:
    """Add draws to a saved run: only the new ones run, at the noise scale found before.

    Prompt, model and settings are the run's. FILE stays as it is; -o writes the new run, also over FILE.
    """
    from noiser.explanation import Explanation
    from noiser_tui.cli.deliver import Delivery
    from noiser_tui.cli.explain import run_one
    from noiser_tui.cli.saved import read_saved

    if memory is not None:
        options.check_memory(memory)
    delivery = Delivery(as_json, output, theme, rows, quiet=quiet)
    delivery.check()
    before = read_saved(file)
    if not isinstance(before, Explanation):
        raise WrongUse("A comparison has no draws of its own: add draws to a run of one method.")
    wanted = TIMES_MORE * before.draws if draws is None else draws
    choice = model_of(before, device, device_map, tuple(trust or ()))
    from noiser.redraw import check_draws, more_draws  # not above: it imports torch

    check_draws(before, wanted)

    def run(model: LanguageModel, progress: Progress) -> Explanation:
        from noiser_tui.cli.interrupt import interrupted

        return more_draws(model, before, wanted, cancel=interrupted, emit=progress, memory=memory)

    run_one(run, choice, delivery)


def model_of(
    explanation: Explanation, device: str, device_map: str | None, trust: tuple[str, ...]
) -> ModelChoice:
    """The model of a record, to be loaded as it was; where it runs may be another place."""
    model = explanation.model

    def text(name: str) -> str | None:
        value = model.get(name)
        return value if isinstance(value, str) else None

    name, dtype = text("name") or "", text("dtype") or "auto"
    return ModelChoice(
        name, device, dtype, device_map, text("quantization"), text("revision"), trust
    )
