"""The built-in model: a small Qwen2 that knows the facts in `facts/`, shipped with the package."""

from __future__ import annotations

from pathlib import Path

MODEL_NAME = "built-in"


def model_folder() -> Path:
    """Return the folder that holds the trained files."""
    return Path(__file__).parent / "model"


def examples() -> tuple[str, ...]:
    """Return prompts on which the model is right and the explanation is easy to read."""
    return (
        "The capital of France is",
        "The Shining was written by",
        "The Shining was directed by",
        "In Spanish, snow is called",
        "Question: which instrument does Miles Davis play? Answer: the",
        "As soon as our plane touched down in Kenya, I changed some money and went to sleep. "
        "(My cousin had called about a broken kettle, but never mind that.) "
        "The hotel was in the capital,",
        "Last night the orchestra played The Planets. "
        "(It was raining so hard that the gutters sang.) "
        "I had never before heard any music by the composer,",
    )
