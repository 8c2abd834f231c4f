"""The arrays in Inseq's file: base64 of safetensors with one tensor, `attribution`."""

from __future__ import annotations

import base64
import binascii

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import save

from noiser.errors import NoiserError

NAME = "attribution"
Array = NDArray[np.float32]


def pack(values: Array) -> str:
    """The array as Inseq writes it."""
    return base64.b64encode(save({NAME: np.ascontiguousarray(values)})).decode("ascii")


def unpack(text: str, where: str) -> Array:
    """The array in `text`, whatever its precision, NaN where there is no number.

    NoiserError when it is no such array or holds an infinite number; `where` names it there.
    """
    try:
        data = base64.b64decode(text, validate=True)
        tensors = safetensors.deserialize(data)  # type: ignore[no-untyped-call]
    except (binascii.Error, ValueError, safetensors.SafetensorError) as error:
        raise NoiserError(f"{where} is no array of Inseq's: {error}.") from error
    if [name for name, _ in tensors] != [NAME]:
        raise NoiserError(f"{where} is no array of Inseq's: it should hold {NAME!r} alone.")
    view = tensors[0][1]
    values = _numbers(bytes(view["data"]), str(view["dtype"]))
    if values is None:
        raise NoiserError(f"{where} holds numbers of the type {view['dtype']}, not floats.")
    if np.isinf(values).any():
        raise NoiserError(f"{where} holds an infinite number.")
    return values.reshape(view["shape"])


def _numbers(data: bytes, kind: str) -> Array | None:
    """The numbers of a safetensors type that Inseq writes, as float32; None for any other type."""
    if kind in ("F64", "F32", "F16"):
        with np.errstate(over="ignore"):  # infinite then, and refused
            return np.frombuffer(data, f"<f{int(kind[1:]) // 8}").astype("<f4")
    if kind == "BF16":  # the upper half of a float32
        return np.asarray((np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4"))
    if kind == "F8_E4M3":
        return np.asarray(_EIGHT_BITS[np.frombuffer(data, "u1")])
    return None


def _eight_bits() -> Array:
    """All 256 values of E4M3 without infinities (Micikevicius et al. 2022, table 1)."""
    bits = np.arange(256)
    exponent, fraction = bits >> 3 & 15, bits & 7
    size = np.where(exponent == 0, fraction * 2.0**-9, (1 + fraction / 8) * 2.0 ** (exponent - 7.0))
    values = np.where(bits & 128, -size, size)
    values[[0x7F, 0xFF]] = np.nan
    return values.astype(np.float32)


_EIGHT_BITS = _eight_bits()
