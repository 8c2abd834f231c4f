"""A chat as its model reads it: the tokenizer's own template, and where in it the contents stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.chat import Chat, Message
from noiser.errors import NoiserError, WrongUse
from noiser.prompt import Prompt, Token, read_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Span = tuple[int, int]
_PRIVATE = range(0xF1000, 0xFFFFE), range(0x100000, 0x10FFFE)
"""Private-use characters; a few before them are transformers' own marks."""


def read_chat(tokenizer: PreTrainedTokenizerBase, chat: Chat, model: str) -> Prompt:
    """The chat as the model sees it: rendered and tokenized once, with no BOS but the template's.

    Tokens with a character of a message's content are content, those that the template adds are template.
    What is doubtful about either is said in the prompt's `doubts`. WrongUse where the model has no
    template, NoiserError where its template fails.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise WrongUse(
            f"{model} has no chat template: it is no chat model, give it a plain prompt."
        )
    text = _render(tokenizer, chat, model)
    prompt = replace(read_prompt(tokenizer, text, special_tokens=False), messages=chat.messages)
    marks = _unused(len(chat.messages), text)
    spans, doubt = _located(tokenizer, chat, model, prompt.text, marks)
    if spans is None:
        return replace(prompt, doubts=(doubt,))
    tokens = _with_roles(prompt.tokens, sorted(one for some in spans for one in some))
    doubts = [doubt, *_left_out(chat, spans), *_read_as_special(chat, spans, tokens)]
    return replace(prompt, tokens=tokens, doubts=tuple(filter(None, doubts)))


def _render(tokenizer: PreTrainedTokenizerBase, chat: Chat, model: str) -> str:
    messages = [{"role": one.role, "content": one.content} for one in chat.messages]
    try:
        text = tokenizer.apply_chat_template(
            messages,
            tokenize=False,
            add_generation_prompt=not (chat.continues or chat.ended),
            continue_final_message=chat.continues,
        )
    except Exception as error:  # a template is the model's own program and may raise anything
        told = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise NoiserError(f"The chat template of {model} fails on this chat: {told}.") from error
    if not str(text).strip():
        raise NoiserError(f"The chat template of {model} makes no text of this chat.")
    return str(text)


def _unused(count: int, text: str) -> list[str]:
    """So many characters that are nowhere in the text, one for each message."""
    every = (chr(code) for codes in _PRIVATE for code in codes)
    free = (mark for mark in every if mark not in text)
    return [mark for mark, _ in zip(free, range(count), strict=False)]


def _located(
    tokenizer: PreTrainedTokenizerBase, chat: Chat, model: str, text: str, marks: Sequence[str]
) -> tuple[list[list[Span]] | None, str]:
    """The spans of each message's content in the rendering, and what is to be said about them."""
    contents = [message.content for message in chat.messages]
    stand_ins = [
        replace(message, content=mark) if message.content.strip() else message
        for message, mark in zip(chat.messages, marks, strict=True)
    ]
    try:
        sketch = _render(tokenizer, replace(chat, messages=tuple(stand_ins)), model)
    except NoiserError:  # it wants something of the contents; they are searched below
        sketch = ""
    if (spans := aligned(text, sketch, marks, contents)) is not None:
        return spans, ""
    changes = f"The chat template of {model} changes with what the messages say"
    if (spans := searched(text, contents)) is not None:
        return spans, f"{changes}: where their contents stand was found by searching for them."
    return None, f"{changes}: which tokens are its own is not known, all count as content."


def aligned(
    text: str, sketch: str, marks: Sequence[str], contents: Sequence[str]
) -> list[list[Span]] | None:
    """Where each content stands in `text`, a rendering; `sketch` is the same with marks for contents.

    Of what the template says between the marks nothing may be missing, and what stands in a mark's place
    must be the content or a contiguous part of it: templates strip, and some drop what an assistant
    thought. Of several readings the one that cuts least; None where there is none.
    """
    number = {mark: i for i, mark in enumerate(marks)}
    parts = re.split(f"([{''.join(marks)}])", sketch)
    literals, holes = parts[::2], [number[mark] for mark in parts[1::2]]
    if not holes or not text.startswith(literals[0]):
        return None
    # where the hole at hand can begin → how many characters were cut before, and the holes before
    ways: dict[int, tuple[int, tuple[Span, ...]]] = {len(literals[0]): (0, ())}
    for at, hole in enumerate(holes):
        following, last = literals[at + 1], at + 1 == len(holes)
        further: dict[int, tuple[int, tuple[Span, ...]]] = {}
        for start, (cut, before) in ways.items():
            for end in _ends(text, start, contents[hole], following, last=last):
                cost = cut + len(contents[hole]) - (end - start)
                after = end + len(following)
                if after not in further or cost < further[after][0]:
                    further[after] = cost, (*before, (start, end))
        ways = further
    if len(text) not in ways:
        return None
    spans: list[list[Span]] = [[] for _ in contents]
    for hole, span in zip(holes, ways[len(text)][1], strict=True):
        if span[0] < span[1]:
            spans[hole].append(span)
    return spans


def _ends(text: str, start: int, content: str, following: str, *, last: bool) -> Iterator[int]:
    """Where a part of `content` that begins at `start` can end, before the `following` literal."""
    furthest = start + len(content)
    if last:
        ends = [len(text) - len(following)] if text.endswith(following) else []
    elif following:
        room = text[start : furthest + len(following)]
        ends = [start + at.start() for at in re.finditer(f"(?={re.escape(following)})", room)]
    else:
        variants = {content, content.strip(), content.lstrip(), content.rstrip()}
        ends = [start + len(one) for one in variants if text.startswith(one, start)]
    return (end for end in ends if start <= end <= furthest and text[start:end] in content)


def searched(text: str, contents: Sequence[str]) -> list[list[Span]] | None:
    """Where each content first stands after the one before it; None where one of them does not."""
    spans: list[list[Span]] = []
    end = 0
    for content in contents:
        found = [(text.find(one, end), one) for one in (content, content.strip()) if one]
        places = [(at, at + len(one)) for at, one in found if at >= 0]
        if content.strip() and not places:
            return None
        spans.append(places[:1])
        end = places[0][1] if places else end
    return spans


def _with_roles(tokens: Sequence[Token], spans: Sequence[Span]) -> tuple[Token, ...]:
    """The tokens that have no character in any of the ascending spans are the template's."""
    starts = [start for start, _ in spans]

    def inside(token: Token) -> bool:
        at = bisect_right(starts, max(token.start, token.end - 1)) - 1
        return at >= 0 and spans[at][1] > token.start

    return tuple(
        token if token.special or inside(token) else replace(token, role="template")
        for token in tokens
    )


def _left_out(chat: Chat, spans: Sequence[Sequence[Span]]) -> Iterator[str]:
    for number, (message, own) in enumerate(zip(chat.messages, spans, strict=True), 1):
        if message.content.strip() and not own:
            yield f"The chat template leaves out {_named(number, message)}."


def _read_as_special(
    chat: Chat, spans: Sequence[Sequence[Span]], tokens: Sequence[Token]
) -> Iterator[str]:
    for number, (message, own) in enumerate(zip(chat.messages, spans, strict=True), 1):
        found = {
            token.text: None
            for token in tokens
            if token.special and any(start < token.end and token.start < end for start, end in own)
        }
        if found:
            yield (
                f"{_named(number, message).capitalize()} has text that the tokenizer reads as special "
                f"tokens: {', '.join(found)}."
            )


def _named(number: int, message: Message) -> str:
    return f"message {number} ({message.role})"
