"""A prompt of 4,096 tokens by sentences, with an estimate first, under a bound on memory.

    python tests/benchmarks/long_prompt.py [--tokens 4096] [--memory 300MB] [--draws 2]

A random model of the built-in one's shape with a longer context; one scoring pass (bound norm-l2),
then the strongest sentence token by token. Also how soon a cancel is obeyed.
"""

from __future__ import annotations

import argparse
import resource
import threading
import time

from samples import random_model, text_of

import noiser
from noiser.events import Event, TokensScored

SHAPE = {
    "vocab_size": 5632,
    "hidden_size": 192,
    "intermediate_size": 512,
    "num_hidden_layers": 5,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
}


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cancelled(model: noiser.LanguageModel, text: str, request: noiser.Request, memory: str) -> str:
    """What is left of a run that is cancelled after its second batch, and how long that took."""
    cancel, moments = threading.Event(), list[float]()

    def listen(event: Event) -> None:
        if isinstance(event, TokensScored):
            moments.append(time.perf_counter())
            if len(moments) == 2:
                cancel.set()

    try:
        noiser.explain(model, text, request, cancel=cancel, emit=listen, memory=memory)
    except noiser.Cancelled as stopped:
        late = time.perf_counter() - moments[-1]
        kept = sum(u.raw is not None for u in stopped.partial.units) if stopped.partial else 0
        batches = len(moments) - 2
        return f"cancelled: {batches} batches and {late:.2f} s later, {kept} sentences scored"
    return "not cancelled: it was done before"


def measure(tokens: int, memory: str, draws: int) -> list[str]:
    """The lines to print."""
    model = random_model(**SHAPE)
    text = text_of(model, tokens)
    request = noiser.Request(granularity="sentence", zoom=1, bound="norm-l2", draws=draws)
    told = noiser.estimate(model, text, request, memory=memory)
    before = peak()
    lines = [
        f"estimate: {told.calls:,} calls, {told.token_forwards:,} token-forwards, {told.seconds:.0f} s",
        cancelled(model, text, request, memory),
    ]
    came = noiser.explain(model, text, request, memory=memory)
    return [
        *lines,
        f"came: {came.work.calls:,} calls, {came.work.token_forwards:,} token-forwards, "
        f"{came.seconds:.0f} s, {len(came.units)} sentences",
        f"memory: {before:.0f} MB before, {peak():.0f} MB at most, calls bounded to {memory}",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--memory", default="300MB")
    parser.add_argument("--draws", type=int, default=2)
    options = parser.parse_args()
    print(*measure(options.tokens, options.memory, options.draws), sep="\n")


if __name__ == "__main__":
    main()
