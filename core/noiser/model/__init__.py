"""Loading a causal language model and its tokenizer, and asking it for next-token distributions."""
