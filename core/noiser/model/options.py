"""The options of loading and of running: which can be meant, and what they are to torch and transformers."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError, WrongUse, unknown

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "float16", "float64")
LOAD_INS = ("4bit", "8bit")
TRUSTS = ("pickle", "remote-code")
DEVICE_MAPS = ("auto", "balanced", "balanced_low_0", "sequential")
DeviceMap = str | Mapping[str, str | int]
"""One of DEVICE_MAPS, or a place for each module by its name, as accelerate takes it."""
_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


def check_options(
    device: str,
    dtype: str,
    load_in: str | None,
    trust: Collection[str],
    device_map: DeviceMap | None,
) -> None:
    """WrongUse for an unknown name or two that clash, NoiserError for a package that is absent."""
    if device != "auto" and device_map is not None:
        raise WrongUse(
            f"The device {device} and the map {device_map} both say where the model goes: give one.",
            change=("device", "device_map"),
        )
    if isinstance(device_map, str) and device_map not in DEVICE_MAPS:
        raise unknown("device map", device_map, DEVICE_MAPS, change=("device_map",))
    if dtype not in DTYPES:
        raise unknown("dtype", dtype, DTYPES, change=("dtype",))
    if load_in is not None and load_in not in LOAD_INS:
        raise unknown("way to load in", load_in, LOAD_INS, change=("load_in",))
    for name in trust:
        if name not in TRUSTS:
            raise unknown("trust", name, TRUSTS, change=("trust",))
    for what, value, package in (
        ("Loading in 4bit or 8bit", load_in, "bitsandbytes"),
        ("A device map", device_map or load_in, "accelerate"),
    ):
        if value is not None and importlib.util.find_spec(package) is None:
            raise NoiserError(f"{what} needs {package}: pip install 'noiser[gpu]'.")


def read_memory(text: str) -> tuple[float | None, int | None]:
    """A budget as the user writes it: a share of what is free (`40%`) or bytes (`2GB`, `500M`).

    Returns (share, None) or (None, bytes); WrongUse where it is neither.
    """
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.strip()):
        share = float(match[1]) / 100
        if 0 < share <= 1:
            return share, None
    elif match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?", text.strip().lower()):
        factor = _UNITS[match[2]]
        if match[3] == "ib":
            factor = 1024 ** " kmgt".index(match[2]) if match[2] else 1
        if (size := int(float(match[1]) * factor)) > 0:
            return None, size
    raise WrongUse(f"memory is {text!r}; give a share of what is free, as 40%, or a size, as 2GB.")


def chosen_device(name: str) -> torch.device:
    """The device called `name`, if this machine has it; `auto` is a GPU where there is one."""
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise WrongUse(f"{name!r} is no device: cpu, cuda, cuda:1 or mps are.") from error
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (device.index or 0) >= count:
            have = f"{count} CUDA device{'s' if count != 1 else ''}" if count else "no CUDA device"
            raise NoiserError(f"There is no device {name!r}: this machine has {have}.")
    elif device.type == "mps" and not torch.backends.mps.is_available():
        raise NoiserError("There is no device 'mps' on this machine.")
    elif device.type == "xpu" and not torch.xpu.is_available():
        raise NoiserError(f"There is no device {name!r} on this machine.")
    elif device.type not in ("cpu", "cuda", "mps", "xpu"):
        raise NoiserError(f"Models do not run on the device {name!r} here.")
    return device


def chosen_dtype(name: str, place: torch.device | None) -> Any:
    """What transformers takes for the dtype called `name` on a device (None: spread over several)."""
    import torch

    if name != "auto":
        return getattr(torch, name)
    # float32 on the CPU: bf16 is slower there and moves borderline flips
    on_cpu = place.type == "cpu" if place is not None else not torch.accelerator.is_available()
    return torch.float32 if on_cpu else "auto"


def quantization(load_in: str | None) -> Any:
    """What transformers takes for 4bit, 8bit or neither."""
    if load_in is None:
        return None
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(load_in_4bit=load_in == "4bit", load_in_8bit=load_in == "8bit")
