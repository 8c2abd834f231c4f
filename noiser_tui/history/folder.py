"""Where runs and sessions are kept."""

from __future__ import annotations

import os
from pathlib import Path

from noiser.files import expand

VARIABLE = "NOISER_DATA"
"""The environment variable that names another folder."""


def data_folder() -> Path:
    """The folder in `NOISER_DATA`, else the one of the user's data; it need not be there yet."""
    given = os.environ.get(VARIABLE)
    if given:
        return expand(given).absolute()
    from platformdirs import user_data_path

    return user_data_path("noiser", appauthor=False)
