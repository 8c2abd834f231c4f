"""`noiser reward`: what a reward model's number, or its preference for one response, rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from noiser_tui.cli import asking, complete, options
from noiser_tui.cli.model_choice import ModelChoice

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.language_model import LanguageModel
    from noiser_tui.cli.progress import Progress


def reward(
    prompt: Annotated[
        str | None, typer.Argument(help="The prompt that is responded to; - reads standard input.")
    ] = None,
    response: Annotated[
        str, typer.Option("--response", "-r", help="The response to explain.")
    ] = ...,  # type: ignore[assignment]  # typer's mark of an option that must be given
    against: Annotated[
        str | None,
        typer.Option("--against", "-a", help="Another response: explain the margin over it."),
    ] = None,
    method: Annotated[
        str, typer.Option(help="Attribution method.", autocompletion=complete.methods)
    ] = "noiser",
    bound: Annotated[
        str,
        typer.Option(
            help="norm-l2, norm-linf, none or random: a reward has nothing to flip, so none is searched.",
            autocompletion=complete.bounds,
        ),
    ] = "norm-l2",
    normalisation: asking.Normalisation = "positive",
    seed: asking.Seed = 1,
    draws: asking.Draws = 10,
    specials: asking.Specials = "include",
    samples: asking.Samples = None,
    layer: asking.Layer = None,
    baseline: asking.Baseline = "auto",
    reduction: asking.Reduction = "auto",
    model: Annotated[
        str, typer.Option("--model", "-m", help="A reward model: Hugging Face id or folder.")
    ] = ...,  # type: ignore[assignment]
    system: asking.System = None,
    user: asking.User = None,
    chat: asking.ChatFile = None,
    device: options.Device = "auto",
    memory: options.Memory = None,
    dtype: options.Dtype = "auto",
    revision: options.Revision = None,
    trust: options.Trust = None,
    as_json: options.AsJson = False,
    output: options.Output = None,
    rows: options.Rows = None,
    theme: options.Theme = None,
    quiet: asking.Quiet = False,
) -> None:
    """Explain the reward of a RESPONSE to PROMPT, or what its margin over another one rests on."""
    from noiser.request import Request
    from noiser_tui.cli.deliver import Delivery
    from noiser_tui.cli.explain import run_one
    from noiser_tui.cli.prompts import ChatChoice, read_asked

    request = Request(
        method=method,
        bound=bound,
        normalisation=normalisation,
        seed=seed,
        draws=draws,
        specials=specials,
        samples=samples,
        layer=layer,
        baseline=baseline,
        reduction=reduction,
    )
    if memory is not None:
        options.check_memory(memory)
    choice = ModelChoice(model, device, dtype, None, None, revision, tuple(trust or ()), ())
    delivery = Delivery(as_json, output, theme, rows, quiet=quiet)
    delivery.check()
    asked = read_asked(prompt, None, ChatChoice(system, user, chat))

    def run(loaded: LanguageModel, progress: Progress) -> Explanation:
        from noiser.margin import explain_margin, explain_reward
        from noiser_tui.cli.interrupt import interrupted

        if against is None:
            return explain_reward(
                loaded, asked, response, request, cancel=interrupted, emit=progress, memory=memory
            )
        return explain_margin(
            loaded,
            asked,
            response,
            against,
            request,
            cancel=interrupted,
            emit=progress,
            memory=memory,
        )

    run_one(run, choice, delivery)
