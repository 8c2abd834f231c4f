"""Train the tiny judge: `python -m noiser.judge.train --output DIR --seed 0`.

It starts from the built-in model, as instruct models start from a base model, and learns to answer in
the chat format. Minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from transformers import GenerationConfig, Qwen2ForCausalLM
from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

from noiser.builtin import corpus, model_folder
from noiser.builtin.train import fit
from noiser.judge.drill import asked_ids, batches, prompt_words
from noiser.judge.parsing import read_reply

STEPS = 500
ASKED_PAIRS = 400
REPLY_TOKENS = 48

Choose = Callable[[list[tuple[str, str]]], list[str]]
_MEASURED: dict[str, Choose] = {
    "whole_prompt": lambda words: [word for word, _ in words],
    "subject_only": lambda words: [word for word, whose in words if whose == "subject"],
    "no_words": lambda words: [],
}
"""Which of a prompt's words the judge is shown when it is measured."""


@torch.no_grad()
def accuracy(
    model: Qwen2ForCausalLM, tokens: Qwen2Tokenizer, pairs: Sequence[corpus.Pair], choose: Choose
) -> tuple[float, float, float]:
    """How often the first answer is right, any of the five is, and the reply breaks the format."""
    first = any_of = broken = 0
    for pair in pairs:
        distractor = random.Random(pair.template + pair.fact.subject).choice(corpus.distractors())
        ids = asked_ids(tuple(choose(prompt_words(pair, distractor))), tokens)
        made = model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=REPLY_TOKENS
        )
        reply = read_reply(tokens.decode(made[0, len(ids) :], skip_special_tokens=True))
        broken += not reply.parsed
        first += reply.parsed and reply.answers[0] == pair.fact.answer
        any_of += reply.parsed and pair.fact.answer in reply.answers
    return first / len(pairs), any_of / len(pairs), broken / len(pairs)


def main() -> None:
    """Train, save and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    seed, steps, folder = arguments.seed, arguments.steps, arguments.output
    torch.set_num_threads(2)  # sums depend on the number of threads, and so does the model
    torch.manual_seed(seed)
    started = time.monotonic()

    def watch(step: int, loss: float) -> None:
        if step % 20 == 0:
            seconds = time.monotonic() - started
            print(f"step {step} loss {loss:.4f} seconds {seconds:.0f}", flush=True)

    tokens = Qwen2Tokenizer.from_pretrained(model_folder())
    template = Path(__file__).with_name("chat_template.jinja")
    tokens.chat_template = template.read_text(encoding="utf-8")
    tokens.eos_token = "<|im_end|>"
    model = Qwen2ForCausalLM.from_pretrained(
        model_folder(), dtype=torch.float32, attn_implementation="eager"
    )
    end = tokens.convert_tokens_to_ids("<|im_end|>")
    model.config.eos_token_id = end
    trained, held_out = corpus.split(seed)
    fit(model, batches(trained, tokens, seed), steps, watch)
    seconds = round(time.monotonic() - started)
    model.to(torch.bfloat16)
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=0, do_sample=False)
    model.save_pretrained(folder)
    tokens.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)  # the weights are saved for their owner alone, but they are to be shipped

    model.float()  # what is measured are the rounded weights
    asked = random.Random(seed).sample(held_out, min(ASKED_PAIRS, len(held_out)))
    measured: dict[str, float] = {
        "seed": seed,
        "steps": steps,
        "seconds": seconds,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "heldout_pairs_asked": len(asked),
    }
    for name, choose in _MEASURED.items():
        first, any_of, broken = accuracy(model, tokens, asked, choose)
        measured |= {
            f"{name}_top1": round(first, 4),
            f"{name}_top5": round(any_of, 4),
            f"{name}_unparsed": round(broken, 4),
        }
    measured["size_bytes"] = sum(file.stat().st_size for file in folder.iterdir())
    (folder / "MEASURED.json").write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
