"""Colours as numbers: hex text, contrast, alpha, and OKLab, in which distance is what the eye sees."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)


class Rgb(NamedTuple):
    """A colour of sRGB, each part 0 to 1."""

    red: float
    green: float
    blue: float

    @property
    def hex(self) -> str:
        """The colour as #rrggbb."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self)


class Lab(NamedTuple):
    """A colour of OKLab: lightness 0 to 1, then green to red and blue to yellow."""

    lightness: float
    a: float
    b: float

    @property
    def hue(self) -> float:
        """The angle of the hue in radians."""
        return math.atan2(self.b, self.a)

    @property
    def chroma(self) -> float:
        """How far it is from grey; the most colourful of sRGB are at 0.3."""
        return math.hypot(self.a, self.b)


BLACK, WHITE = Rgb(0, 0, 0), Rgb(1, 1, 1)


def read_hex(text: str) -> tuple[Rgb, float]:
    """The colour and alpha (0 to 1) of #RGB, #RGBA, #RRGGBB or #RRGGBBAA; ValueError for other text."""
    if not _HEX.fullmatch(text):
        raise ValueError(f"{text!r} is no colour like #rrggbb")
    digits = text[1:]
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in range(0, len(digits), 2)]
    return Rgb(*parts[:3]), parts[3] if len(parts) > 3 else 1.0


def over(colour: Rgb, alpha: float, below: Rgb) -> Rgb:
    """What is seen of a colour that lets through what is below it, mixed in sRGB as editors do."""
    return Rgb(
        *(alpha * one + (1 - alpha) * other for one, other in zip(colour, below, strict=True))
    )


def luminance(colour: Rgb) -> float:
    """The relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2); text that is easy to read has 4.5."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink(fill: Rgb) -> Rgb:
    """Black or white, what reads better on a fill: one of them always has a contrast of 4.5."""
    return max(BLACK, WHITE, key=lambda text: contrast(text, fill))


def to_lab(colour: Rgb) -> Lab:
    """The colour in OKLab (Björn Ottosson, A perceptual color space for image processing, 2020)."""
    red, green, blue = linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return Lab(
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def linear(colour: Rgb) -> tuple[float, float, float]:
    """The three parts as amounts of light."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return red, green, blue


def from_linear(parts: Iterable[float]) -> Rgb:
    """The colour of three amounts of light, cut off where sRGB ends."""
    inside = (min(1.0, max(0.0, part)) for part in parts)
    return Rgb(
        *(12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in inside)
    )


def from_polar(lightness: float, chroma: float, hue: float) -> Rgb:
    """The colour of a lightness and hue (radians) in OKLab, with as much of the chroma as sRGB has."""
    low, high = 0.0, chroma
    if (whole := _from_lab(lightness, high, hue)) is not None:
        return whole
    best = _from_lab(lightness, low, hue) or Rgb(lightness, lightness, lightness)
    for _ in range(12):
        middle = (low + high) / 2
        inside = _from_lab(lightness, middle, hue)
        if inside is None:
            high = middle
        else:
            low, best = middle, inside
    return best


def distance(one: Lab, other: Lab) -> float:
    """How different two colours look; 0.02 is just seen."""
    return math.dist(one, other)


def _from_lab(lightness: float, chroma: float, hue: float) -> Rgb | None:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    if not all(-1e-4 <= part <= 1 + 1e-4 for part in parts):
        return None
    return from_linear(parts)
