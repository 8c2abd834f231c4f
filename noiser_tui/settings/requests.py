"""What the settings ask of an explanation."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser.request import Request
    from noiser_tui.settings.schema import Explain


def request_of(explain: Explain) -> Request:
    """The request for a prompt for which nothing else was chosen."""
    from noiser.request import Request

    known = {field.name for field in fields(Request)}
    return Request(**{name: value for name, value in vars(explain).items() if name in known})
