"""What every test runs under: no network, no user's caches or settings, one thread for tiny models."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

# Read when huggingface_hub is imported, so before anything else here imports it.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="noiser-tests-cache-")  # judges' replies
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="noiser-tests-config-")  # settings, keys
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="noiser-tests-hf-")
os.environ["DISABLE_SAFETENSORS_CONVERSION"] = "1"
os.environ.pop("HF_TOKEN", None)
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `tests.tiny`

import pytest
from hypothesis import settings

settings.register_profile("noiser", deadline=None, derandomize=True, database=None)
settings.load_profile("noiser")

for name in [name for name in os.environ if name.startswith("NOISER_")]:
    del os.environ[name]  # they would be settings
for name in ("COLUMNS", "LINES"):  # pytest-xdist leaves its own to what is started here
    os.environ.pop(name, None)
os.environ["NOISER_DATA"] = tempfile.mkdtemp(prefix="noiser-tests-data-")  # runs and sessions


def pytest_addoption(parser: pytest.Parser) -> None:
    """Screens that changed on purpose are written anew."""
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="write what is kept of screens, and the page of keys",
    )
