"""`noiser models`: what loads without the network."""

from __future__ import annotations

import json
import sys

from noiser.model.available import AvailableModel, available_models
from noiser_tui.cli.deliver import print_line
from noiser_tui.look.cells import cell_width, visible
from noiser_tui.look.size import size_text


def list_models(*, as_json: bool) -> None:
    """Print the built-in model, then those in the user's Hugging Face cache."""
    found = available_models()
    if as_json:
        print_line(json.dumps([_plain(model) for model in found], ensure_ascii=False))
        return
    names = [visible(model.name) for model in found]
    widest = max(cell_width(name) for name in names)
    for name, model in zip(names, found, strict=True):
        gap = " " * (widest - cell_width(name))
        sys.stdout.write(
            f"{name}{gap}  {size_text(model.bytes):>8}  {visible(str(model.where))}  ({model.what})\n"
        )


def _plain(model: AvailableModel) -> dict[str, object]:
    return {"name": model.name, "bytes": model.bytes, "where": str(model.where), "what": model.what}
