"""Any text comes out as itself: no character lost, none moved, every id in its place."""

from __future__ import annotations

import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from noiser.prompt import Piece, Prompt, extend, full_name, pieces, read_prompt
from noiser.token_bytes import bytes_of
from tests.tiny import TEXT, tokenizer

AWKWARD = [
    "🚀",
    "👩‍🚀",
    "👨‍👩‍👧‍👦 family",
    "e\u0301 n\u0303",
    "שלום עולם",
    "مرحبا",
    "tab\tand\nnewline\r\n",
    "\x1b[31mred\x1b[0m",
    "\x00\x07\x7f",
    "[bold]x[/bold]",
    "<s>",
    "</s><s>",
    "a<s>b </s> c",
    "日本語テキスト",
    "  two  spaces  ",
    "\ufeffbom",
    "\ufffd replacement",
    "🏴\U000e0067\U000e0062\U000e007f",
    "½ ﬁ Å",
    "\u202eoverride\u202c",
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.one_of(st.sampled_from(AWKWARD), st.text(max_size=4), st.sampled_from([" ", "<s>"])),
        max_size=6,
    ).map("".join),
)


@functools.cache
def of_kind(kind: str) -> PreTrainedTokenizerFast:
    """Tokenizers as the families have them: GPT-2's bytes, Qwen2's NFC, Llama 2's ▁ and <0xF0>."""
    if kind in ("bos", "bare"):
        return tokenizer(kind == "bos")
    options = {"special_tokens": ["<s>", "</s>"], "show_progress": False, "vocab_size": 700}
    if kind == "nfc":
        made = Tokenizer(models.BPE())
        made.normalizer = normalizers.NFC()
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        made.train_from_iterator(TEXT, trainers.BpeTrainer(initial_alphabet=alphabet, **options))
    else:
        made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<0x00>", fuse_unk=False))
        made.normalizer = normalizers.Sequence(
            [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
        )
        made.decoder = decoders.Sequence(
            [
                decoders.Replace("▁", " "),
                decoders.ByteFallback(),
                decoders.Fuse(),
                decoders.Strip(" ", 1, 0),
            ]
        )
        options["special_tokens"] = ["<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
        made.train_from_iterator(TEXT, trainers.BpeTrainer(**options))
        plain = {"<s>", "</s>"}
        made = Tokenizer.from_str(_without_added(made.to_str(), plain))
    return PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>")


def _without_added(text: str, keep: set[str]) -> str:
    """Bytes are ordinary entries of the vocabulary, not added tokens that match in the text."""
    import json

    data = json.loads(text)
    data["added_tokens"] = [token for token in data["added_tokens"] if token["content"] in keep]
    return json.dumps(data)


KINDS = ("bos", "bare", "nfc", "metaspace")


def characters(prompt: Prompt) -> str:
    """The pieces that stand for characters, joined."""
    return "".join(piece.text for piece in with_characters(prompt))


def with_characters(prompt: Prompt) -> list[Piece]:
    empty = {i for i, token in enumerate(prompt.tokens) if token.start == token.end}
    return [p for p in pieces(prompt.text, prompt.tokens) if not (set(p.positions) & empty)]


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS)
@example(text="👩‍🚀<s>e\u0301")
@settings(max_examples=80)
def test_pieces_lose_no_character_and_keep_their_order(kind: str, text: str) -> None:
    prompt = read_prompt(of_kind(kind), text)
    assert prompt.ids == tuple(of_kind(kind)(text)["input_ids"])
    assert characters(prompt) == text
    positions = [i for piece in pieces(text, prompt.tokens) for i in piece.positions]
    assert positions == list(range(len(prompt)))


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS)
@settings(max_examples=80)
def test_spans_lie_in_the_text_and_never_run_backwards(kind: str, text: str) -> None:
    prompt = read_prompt(of_kind(kind), text)
    starts = [token.start for token in prompt.tokens]
    assert starts == sorted(starts)
    for token in prompt.tokens:
        assert 0 <= token.start <= token.end <= len(text)
        assert token.text


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts(text: str) -> None:
    prompt = read_prompt(tokenizer(True), text)
    assert characters(prompt) == text
    assert prompt.tokens[0].special
    assert prompt.tokens[0].text == "<s>"
    assert (prompt.tokens[0].start, prompt.tokens[0].end) == (0, 0)


def test_the_bytes_of_one_character_are_one_piece_with_their_bytes_as_names() -> None:
    prompt = read_prompt(tokenizer(False), "a🚀b")
    assert [token.text for token in prompt.tokens] == ["a", "<F0>", "<9F>", "<9A>", "<80>", "b"]
    assert [(p.text, p.positions) for p in pieces(prompt.text, prompt.tokens)] == [
        ("a", (0,)),
        ("🚀", (1, 2, 3, 4)),
        ("b", (5,)),
    ]


def test_a_special_tokens_name_in_the_text_keeps_its_characters() -> None:
    prompt = read_prompt(tokenizer(True), "a<s>b")
    assert [(t.text, t.special, t.start, t.end) for t in prompt.tokens] == [
        ("<s>", True, 0, 0),
        ("a", False, 0, 1),
        ("<s>", True, 1, 4),
        ("b", False, 4, 5),
    ]


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS, ids=st.lists(st.integers(0, 300), max_size=8))
@settings(max_examples=80)
def test_generated_ids_are_added_and_nothing_is_encoded_again(
    kind: str, text: str, ids: list[int]
) -> None:
    before = read_prompt(of_kind(kind), text)
    after = extend(of_kind(kind), before, ids)
    assert after.ids == (*before.ids, *ids)
    assert after.text.startswith(text)
    assert after.tokens[: len(before)] == before.tokens
    assert characters(after) == after.text
    for token in after.tokens[len(before) :]:
        assert token.special == (token.id in of_kind(kind).all_special_ids)
        assert token.role == ("special" if token.special else "generated")


def test_generated_bytes_of_one_character_share_its_span() -> None:
    words_ = tokenizer(False)
    before = read_prompt(words_, "Go")
    after = extend(words_, before, words_("🚀!")["input_ids"])
    assert after.text == "Go🚀!"
    assert [(t.start, t.end) for t in after.tokens[len(before) :]] == [(2, 3)] * 4 + [(3, 4)]


BYTE_EXACT = ("bos", "bare")
"""Byte-level BPE without a normalizer: every byte of the text is in exactly one token."""


@pytest.mark.parametrize("kind", BYTE_EXACT)
@given(text=TEXTS)
@settings(max_examples=80)
def test_the_tokens_bytes_joined_are_the_text(kind: str, text: str) -> None:
    prompt = read_prompt(of_kind(kind), text)
    joined = "".join(t.bytes for t in prompt.tokens if t.start < t.end)
    assert bytes.fromhex(joined) == text.encode()


@given(text=TEXTS)
@settings(max_examples=80)
def test_with_byte_fallback_they_are_what_the_normalizer_makes_of_it(text: str) -> None:
    made = of_kind("metaspace")
    encoding = made.backend_tokenizer.encode(text, add_special_tokens=False)
    expected = b"".join(
        bytes([int(name[3:5], 16)])
        if len(name) == 6 and name.startswith("<0x")
        else name.replace("▁", " ").encode()
        for name in encoding.tokens
    )
    joined = "".join(t.bytes for t in read_prompt(made, text).tokens)
    assert bytes.fromhex(joined) == expected
    if text and "<s>" not in text and "</s>" not in text:
        assert expected == f" {text}".encode().replace("▁".encode(), b" ")


def test_bytes_by_hand() -> None:
    def of(kind: str, text: str) -> list[tuple[str, str]]:
        return [(t.text, t.bytes) for t in read_prompt(of_kind(kind), text).tokens]

    assert of("bos", "é<s>") == [
        ("<s>", "3c733e"),
        ("<C3>", "c3"),
        ("<A9>", "a9"),
        ("<s>", "3c733e"),
    ]
    assert ("<F0>", "f0") in of("metaspace", "🚀")
    assert of("bare", "<0xF0>") != [("<0xF0>", "f0")]  # characters, where bytes are spelt otherwise
    assert bytes_of(of_kind("bos"), [9999]) == [b""]


def test_a_part_of_a_character_tells_which() -> None:
    prompt = read_prompt(of_kind("bare"), "a🚀<F0>")
    names = [full_name(prompt.text, t.text, t.start, t.end) for t in prompt.tokens]
    assert names[:5] == ["a", "<F0> of 🚀", "<9F> of 🚀", "<9A> of 🚀", "<80> of 🚀"]
    assert "".join(names[5:]) == "<F0>"
    assert full_name("", "<s>", 0, 0) == "<s>"
    assert full_name("x<F0>", "<F0>", 1, 5) == "<F0>"
