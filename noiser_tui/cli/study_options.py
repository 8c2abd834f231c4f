"""The options of every command that runs a study: where it runs, what is tried again, how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import options

if TYPE_CHECKING:
    from noiser_tui.cli.study_run import Running

_RUN, _OUT = "Run", "Output"

Devices = Annotated[
    str | None,
    typer.Option(help="A worker on each of several devices: cuda:0,cuda:1.", rich_help_panel=_RUN),
]
Ray = Annotated[
    str | None,
    typer.Option(
        help="Beyond one machine: auto (a Ray that runs here, or one of its own) or HOST:PORT of a Ray "
        "cluster; a worker per GPU, or per share of its CPUs.",
        rich_help_panel=_RUN,
    ),
]
RowTimeout = Annotated[
    float | None,
    typer.Option(
        help="Seconds after which a worker that is still at a row is killed, the row counted as "
        "failed and the next one begun; loading a model and waiting for a judge's server do not count.",
        show_default="as long as it takes",
        rich_help_panel=_RUN,
    ),
]
Retry = Annotated[
    bool,
    typer.Option("--retry", help="Try rows again that failed before.", rich_help_panel=_RUN),
]
Table = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Also write the table: .csv, .parquet, .tex or .md.",
        rich_help_panel=_OUT,
    ),
]
Published = Annotated[
    str | None,
    typer.Option(
        help="Numbers that others published, to stand beside one's own: a CSV file, or its name in the "
        "user's folder; see noiser study published.",
        rich_help_panel=_OUT,
    ),
]
Pairs = Annotated[
    str,
    typer.Option(
        help="Which tests between methods are shown: first (of the first method with each other), "
        "all or none.",
        autocompletion=lambda: ["first", "all", "none"],
        rich_help_panel=_OUT,
    ),
]


def running(
    *,
    device: str,
    devices: str | None,
    ray: str | None,
    row_timeout: float | None,
    memory: str | None,
    trust: list[str] | None,
    retry: bool,
    output: Path | None,
    pairs: str,
    quiet: bool,
) -> Running:
    """How a study is run by these options; WrongUse where they contradict each other."""
    from noiser_tui.cli.study_run import Running

    if memory is not None:
        options.check_memory(memory)
    if ray is not None and devices is not None:
        raise WrongUse("--ray has a worker on every GPU of the cluster: give no --devices with it.")
    if ray is not None:
        from noiser.study.ray_cluster import check_address

        check_address(ray)
    if row_timeout is not None and not row_timeout > 0:
        raise WrongUse(f"--row-timeout {row_timeout:g} is no time: give seconds, more than 0.")
    places = options.device_names(devices, device, None) or (device,)
    return Running(
        *(places, memory, tuple(trust or ()), retry, output, pairs, quiet),
        row_timeout=row_timeout,
        ray=ray,
    )
