"""How far colours are apart for different eyes, in numpy and apart from the code under test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float64]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15(6), 2009: severity 1.0, on linear RGB.
EYES: dict[str, Colours] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(hexes: list[str]) -> Colours:
    """Linear RGB of #rrggbb, one row each."""
    parts = np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in hexes]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(hexes: list[str], eye: str = "usual") -> Colours:
    """CIELAB under D65 as this eye sees it, one row each."""
    seen = np.clip(linear(hexes) @ EYES[eye].T, 0, 1)
    xyz = seen @ _TO_XYZ.T / (_TO_XYZ @ np.ones(3))
    t = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * t[:, 1] - 16, 500 * (t[:, 0] - t[:, 1]), 200 * (t[:, 1] - t[:, 2])], axis=1
    )


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2.2, 1 to 21."""
    low, high = np.sort(linear([one, other]) @ _TO_XYZ[1])
    return float((high + 0.05) / (low + 0.05))


def ciede2000(one: Colours, other: Colours) -> Colours:
    """The colour difference CIEDE2000 of CIELAB colours along the last axis (CIE 142:2001, equations as
    in Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l_, c_ = (l1 + l2) / 2, (c1 + c2) / 2
    h_ = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(h_ - 30))
        + 0.24 * np.cos(np.radians(2 * h_))
        + 0.32 * np.cos(np.radians(3 * h_ + 6))
        - 0.20 * np.cos(np.radians(4 * h_ - 63))
    )
    sl = 1 + 0.015 * (l_ - 50) ** 2 / np.sqrt(20 + (l_ - 50) ** 2)
    sc, sh = 1 + 0.045 * c_, 1 + 0.015 * c_ * t
    bend = 60 * np.exp(-(((h_ - 275) / 25) ** 2))
    rt = -2 * np.sqrt(c_**7 / (c_**7 + 25.0**7)) * np.sin(np.radians(bend))
    parts = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)
    return np.asarray(np.sqrt(parts))


def apart(hexes: list[str], eye: str = "usual") -> Colours:
    """How far each colour is from the next."""
    seen = lab(hexes, eye)
    return ciede2000(seen[:-1], seen[1:])


def nearest(some: list[str], others: list[str], eye: str = "usual") -> float:
    """The smallest distance between a colour of the one and a colour of the other."""
    return float(ciede2000(lab(some, eye)[:, None], lab(others, eye)[None]).min())
