"""Being connected to Ray: a cluster that runs, or one of this machine alone for as long as it is needed."""

from __future__ import annotations

import logging
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError, WrongUse
from noiser.judge.remote import KEYS

AUTO, OWN = "auto", "local"
_HOST_AND_PORT = re.compile(r".+:[0-9]+")
_PATIENCE = 10.0
"""Seconds for a cluster to take a connection: Ray itself would try for minutes and end the process."""
_STORE = 100 * 2**20
"""Bytes of shared memory for a Ray of our own: rows are small."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """The module `ray`, connected to the cluster at `address`, HOST:PORT, of which this machine is a part.

    `auto`: the cluster that `ray start` began on this machine, or RAY_ADDRESS names, else a Ray that is
    started here and ends here. What Ray prints goes to standard error, and it reports to nobody. NoiserError
    where Ray is not installed or not there.
    """
    place = _place(address)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if place == OWN and "RAY_AUTH_MODE" not in os.environ and "ray" not in sys.modules:
        # Ray listens to the whole network, and whoever talks to it can run code: not without this.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    try:
        import ray
    except ImportError as error:
        raise NoiserError("A cluster needs Ray: pip install 'noiser[cluster]'.") from error
    if ray.is_initialized():  # by whoever calls: then it is theirs to end
        yield ray
        return
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": _STORE}
    with redirect_stdout(sys.stderr):
        try:
            with _own_sigterm(), _without_keys():
                ray.init(
                    address=place,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **(own if place == OWN else {}),
                )
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            told = [*str(error).strip().splitlines(), type(error).__name__][0].rstrip(".")
            raise NoiserError(
                f"There is no connection to Ray ({address}): {told}. A cluster "
                "that wants a key gets it with RAY_AUTH_MODE=token."
            ) from error
        try:
            yield ray
        finally:
            ray.shutdown()


def check_address(address: str) -> None:
    """WrongUse where it can be no cluster's address; needs no Ray."""
    if address != AUTO and ("://" in address or not _HOST_AND_PORT.fullmatch(address)):
        raise WrongUse(
            f"The cluster {address} is none: it is auto, or HOST:PORT of one that this machine is a "
            "part of (ray start --address HOST:PORT makes it one).",
            change=("ray",),
        )


def _place(address: str) -> str | None:
    """What Ray is told: OWN, an address that takes connections, or None for what `ray start` began here."""
    if address == AUTO:
        named = os.environ.get("RAY_ADDRESS", "")
        if named not in ("", AUTO, OWN):
            return _place(named)
        # Not Ray's "auto": it would take a Ray that another program has started for itself.
        return None if _answers(_begun()) else OWN
    check_address(address)
    if not _answers(address):
        raise NoiserError(f"There is no Ray at {address}: nobody takes a connection there.")
    return address


def _begun() -> str:
    """The address that `ray start` has left on this machine, perhaps long ago."""
    base = os.environ.get("RAY_TMPDIR") or ("/tmp" if os.name == "posix" else tempfile.gettempdir())
    try:
        return (Path(base) / "ray" / "ray_current_cluster").read_text("utf-8").strip()
    except OSError:
        return ""


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE):
            return True
    except (OSError, ValueError, OverflowError):
        return False


@contextmanager
def _without_keys() -> Iterator[None]:
    """A Ray that is started here inherits no key of a judge: the judge is asked by this process."""
    kept = {name: os.environ.pop(name) for name in KEYS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """Ray takes SIGTERM for itself, to end with a stack trace: give it back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
