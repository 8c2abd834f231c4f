"""How colours look to those who lack one of the three kinds of cone."""

from __future__ import annotations

from noiser_tui.look.colour import Rgb, from_linear, linear

Matrix = tuple[tuple[float, float, float], ...]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15(6), 2009: severity 1.0, on linear RGB.
_MISSING: dict[str, Matrix] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(colour: Rgb) -> tuple[Rgb, ...]:
    """The colour as the usual eye sees it, then as each of the three others does."""
    light = linear(colour)
    others = (
        from_linear(
            [sum(part * share for part, share in zip(light, row, strict=True)) for row in matrix]
        )
        for matrix in _MISSING.values()
    )
    return (colour, *others)
