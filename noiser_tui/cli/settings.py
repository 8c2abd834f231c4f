"""`noiser settings`: every setting with where it comes from, and changing one in its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from noiser_tui.cli import complete

if TYPE_CHECKING:
    from noiser_tui.settings.settings import Settings

app = typer.Typer(
    name="settings",
    help="Every setting, its value and where it comes from; set one, unset one.",
    invoke_without_command=True,
)

Key = Annotated[
    str, typer.Argument(help="As explain.method.", autocompletion=complete.setting_keys)
]
Workspace = Annotated[
    bool,
    typer.Option(
        "--workspace", help="In this folder's .noiser/settings.toml, not the user's file."
    ),
]


@app.callback()
def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print every setting, its value, where it comes from and what it is.

    A later layer counts: default, user, workspace, environment (NOISER_EXPLAIN_METHOD), command line.
    """
    if context.invoked_subcommand is not None:
        return
    from noiser_tui.settings.settings import load_settings

    settings = load_settings()
    if as_json:
        from noiser_tui.cli.deliver import print_line

        print_line(json.dumps(_plain(settings), ensure_ascii=False))
    else:
        _print(settings)


@app.command("set")
def set_one(
    key: Key,
    value: Annotated[str, typer.Argument(help="What it is to be.")],
    workspace: Workspace = False,
) -> None:
    """Write a setting into a file; comments and order of the file stay."""
    from noiser_tui.settings.edit import find_setting, set_setting

    setting = find_setting(key)
    wanted = setting.read(value)
    if workspace:
        setting.check_workspace()
    path = _file(workspace)
    set_setting(path, key, wanted)
    _tell(key, path)


@app.command()
def unset(key: Key, workspace: Workspace = False) -> None:
    """Take a setting out of a file: what the layers below say counts again."""
    from noiser_tui.cli.fail import say
    from noiser_tui.settings.edit import unset_setting

    path = _file(workspace)
    if not unset_setting(path, key):
        say(f"{key} is not in {path}.")
    _tell(key, path)


@app.command()
def path(workspace: Workspace = False) -> None:
    """Print where the file is, or would be."""
    typer.echo(_file(workspace))


def _file(workspace: bool) -> Path:
    from noiser_tui.settings.places import start_folder, user_settings, workspace_settings

    return workspace_settings(start_folder()) if workspace else user_settings()


def _tell(key: str, path: Path) -> None:
    """The value that holds now: a layer above the file may say another."""
    from noiser_tui.settings.settings import load_settings

    settings = load_settings()
    typer.echo(f"{key} = {_text(settings.get(key))}  ({settings.origin(key)})")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _print(settings: Settings) -> None:
    from noiser_tui.cli.fail import say
    from noiser_tui.look.cells import cell_width, visible
    from noiser_tui.settings.schema import SECTIONS, SETTINGS

    values = {key: visible(_text(settings.get(key))) for key in SETTINGS}
    name_width = max(len(setting.name) for setting in SETTINGS.values())
    width = min(24, max(map(cell_width, values.values())))
    for section, about in SECTIONS.items():
        typer.echo(f"[{section}]  {about}")
        for key, setting in SETTINGS.items():
            if setting.section != section:
                continue
            gap = " " * (width - cell_width(values[key]))
            origin = visible(settings.origin(key))
            typer.echo(f"  {setting.name:<{name_width}}  {values[key]}{gap}  {origin}")
            typer.echo(f"  {'':<{name_width}}  {setting.what} ({setting.kind.allowed})")
        typer.echo("")
    for problem in settings.problems:
        say(f"warning: {problem}")


def _plain(settings: Settings) -> dict[str, Any]:
    from noiser_tui.settings.schema import SETTINGS

    return {
        "settings": {
            key: {
                "value": settings.get(key),
                "origin": settings.origin(key),
                "default": setting.default,
                "allowed": setting.kind.allowed,
                "what": setting.what,
                "variable": setting.variable,
            }
            for key, setting in SETTINGS.items()
        },
        "problems": [str(problem) for problem in settings.problems],
        "files": {"user": str(settings.user), "workspace": str(settings.workspace)},
    }
