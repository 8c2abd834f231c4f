"""Train the built-in model: `python -m noiser.builtin.train --output DIR --seed 0`.

Minutes on two quiet cores; on busy ones set OMP_WAIT_POLICY=passive, or the threads wait spinning.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch.nn import functional
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM
from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

from noiser.builtin import corpus, tokenizer
from noiser.builtin.rows import batches

STEPS = 1400
LEARNING_RATE = 2e-3


def config(size: int) -> Qwen2Config:
    """Return the model's shape for a vocabulary of `size` tokens."""
    return Qwen2Config(
        vocab_size=size,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=5,
        num_attention_heads=6,
        num_key_value_heads=3,
        max_position_embeddings=tokenizer.CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.04,
        bos_token_id=0,  # as the family names one, though its tokenizer adds none; Inseq asks for it
        eos_token_id=0,
        pad_token_id=0,
    )


def fit(
    model: Qwen2ForCausalLM,
    rows: Iterator[tuple[torch.Tensor, torch.Tensor]],
    steps: int,
    watch: Callable[[int, float], None],
) -> None:
    """Train `model` in place with AdamW and a cosine schedule; `watch` gets each step and loss."""
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    vectors = [weight for weight in model.parameters() if weight.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.98), fused=True)

    def rate(step: int) -> float:
        cosine = 0.02 + 0.49 * (1 + math.cos(math.pi * step / steps))
        return min(1.0, (step + 1) / 100) * cosine

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    model.train()
    for step in range(1, steps + 1):
        ids, learned = next(rows)
        with torch.autocast("cpu", torch.bfloat16):  # halves the time; the weights stay float32
            states = model.model(input_ids=ids).last_hidden_state[:, :-1]
            logits = model.lm_head(states[learned[:, 1:]])  # the vocabulary is wide: only if needed
        loss = functional.cross_entropy(logits.float(), ids[:, 1:][learned[:, 1:]])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        watch(step, loss.item())
    model.eval()


@torch.no_grad()
def accuracy(
    model: Qwen2ForCausalLM, pairs: list[corpus.Pair], tokens: Qwen2Tokenizer, seed: int
) -> tuple[float, float]:
    """Return how often the answer's first token, and all of it with its full stop, is right."""
    first = whole = 0
    for pair in pairs:
        prompt = tokens(corpus.prompt_of(pair, seed)).input_ids
        answer = tokens(f" {pair.fact.answer}.").input_ids
        # Greedy decoding writes the answer if each of its tokens is the argmax after those before.
        logits = model(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1]
        best = logits.argmax(-1).tolist()
        first += best[0] == answer[0]
        whole += best == answer
    return first / len(pairs), whole / len(pairs)


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
        if step % 100 == 0:
            print(
                f"step {step} loss {loss:.4f} seconds {time.monotonic() - started:.0f}", flush=True
            )

    tokens = tokenizer.train()
    # Eager attention: on short rows the fused kernel's backward pass costs more than all the rest.
    model = Qwen2ForCausalLM._from_config(config(len(tokens)), attn_implementation="eager")
    trained, held_out = corpus.split(seed)
    fit(model, batches(trained, tokens, seed), steps, watch)
    seconds = round(time.monotonic() - started)
    model.to(torch.bfloat16)
    model.generation_config = GenerationConfig(eos_token_id=0, pad_token_id=0, do_sample=False)
    model.save_pretrained(folder)
    tokens.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)  # the weights are saved for their owner alone, but they are to be shipped

    first, whole = accuracy(model.float(), held_out, tokens, seed)  # of the rounded weights
    facts = {pair.fact for pair in trained}
    one_token = sum(len(tokens(f" {fact.answer}").input_ids) == 1 for fact in facts)
    measured = {
        "seed": seed,
        "steps": steps,
        "seconds": seconds,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "facts": len(facts),
        "one_token_answers": round(one_token / len(facts), 4),
        "sentences": len(trained),
        "heldout_pairs": len(held_out),
        "heldout_accuracy": round(first, 4),
        "heldout_full_answer": round(whole, 4),
        "size_bytes": sum(file.stat().st_size for file in folder.iterdir()),
    }
    (folder / "MEASURED.json").write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
