"""The options of loading: which of them can be meant, and what they are to torch and transformers."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError, WrongUse, unknown

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "float16", "float64")
TRUSTS = ("pickle", "remote-code")
DEVICE_MAPS = ("auto", "balanced", "balanced_low_0", "sequential")
DeviceMap = str | Mapping[str, str | int]
"""One of DEVICE_MAPS, or a place for each module by its name, as accelerate takes it."""


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
            f"--device {device} and --device-map {device_map} both say where the model goes: give one."
        )
    if isinstance(device_map, str) and device_map not in DEVICE_MAPS:
        raise unknown("--device-map", device_map, DEVICE_MAPS)
    if dtype not in DTYPES:
        raise unknown("dtype", dtype, DTYPES)
    if load_in is not None and load_in not in ("4bit", "8bit"):
        raise unknown("--load-in", load_in, ("4bit", "8bit"))
    for name in trust:
        if name not in TRUSTS:
            raise unknown("--trust", name, TRUSTS)
    for option, value, package in (
        ("--load-in", load_in, "bitsandbytes"),
        ("--device-map", device_map or load_in, "accelerate"),
    ):
        if value is not None and importlib.util.find_spec(package) is None:
            raise NoiserError(f"{option} needs {package}: pip install 'noiser[gpu]'.")


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
