"""What a judge is asked beside the words in question, so that their answers can be compared."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, get_args

Control = Literal["none", "random", "whole"]
CONTROLS: tuple[Control, ...] = get_args(Control)


def control_places(
    control: Control, prompt: Sequence[str], count: int, seed: int
) -> tuple[int, ...]:
    """Which words of a prompt a control shows, from 0: none, `count` at random, or all of them.

    The random ones depend on the seed and the prompt alone, so every method of a study meets the same.
    """
    if control == "none":
        return ()
    if control == "whole":
        return tuple(range(len(prompt)))
    rng = random.Random(f"{seed} {' '.join(prompt)}")
    return tuple(sorted(rng.sample(range(len(prompt)), min(count, len(prompt)))))
