"""Chats come to the model as its own template has them, and every token knows whose it is."""

from __future__ import annotations

import copy
import functools
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from noiser.chat import Chat, Message, make_chat, parse_chat
from noiser.chat_prompt import aligned, read_chat, searched
from noiser.errors import NoiserError, WrongUse
from noiser.explainer import explain
from noiser.model.info import ModelInfo
from noiser.model.language_model import LanguageModel
from noiser.prompt import Prompt, extend
from noiser.record import from_record, to_record
from noiser.request import Request
from noiser.units import GRANULARITIES, cut
from tests.tiny import CONTEXT, make_network, tokenizer

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
BOS_AND_TRIM = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n\n{{ m.content | trim }}<|im_end|>"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n\n{% endif %}"
)
FORGETS_THOUGHTS = CHATML.replace(
    "{{ m.content }}", "{{ m.content.split('</think>')[-1].lstrip('\\n') }}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}" + CHATML
)
FIRST_SYSTEM_ONLY = CHATML.replace("messages %}", "messages if m.role != 'system' %}")
DEPENDS = (
    "{% if 'bye' in messages[-1].content %}It ends. {% endif %}"
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
)
SHOUTS = "{% for m in messages %}{{ m.role }}: {{ m.content | upper }}!\n{% endfor %}"
TWICE = "{% for m in messages %}{{ m.content }} said {{ m.role }}: {{ m.content }}\n{% endfor %}"
USER = [{"role": "user", "content": "Where does code live?"}]
BOTH = [{"role": "system", "content": "Tell the truth."}, *USER]
TOLD = [*BOTH, {"role": "assistant", "content": "Code lives in"}]


@functools.cache
def words(template: str | None, bos: bool = True) -> PreTrainedTokenizerFast:
    made = copy.deepcopy(tokenizer(bos))
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    made.chat_template = template
    return made


@functools.cache
def model_of(template: str | None) -> LanguageModel:
    made = words(template)
    info = ModelInfo("chatty", "qwen2", 1, 1, "float64", "cpu", "sdpa", CONTEXT)
    return LanguageModel(make_network("qwen2", len(made)).double(), made, info)


def read(template: str, messages: list[dict[str, str]]) -> Prompt:
    return read_chat(words(template), make_chat(messages), "chatty")


def with_role(prompt: Prompt, role: str) -> str:
    """The characters of the tokens with a role, joined."""
    return "".join(prompt.text[t.start : t.end] for t in prompt.tokens if t.role == role)


@pytest.mark.parametrize("template", [CHATML, BOS_AND_TRIM, FORGETS_THOUGHTS, NO_SYSTEM])
@pytest.mark.parametrize("messages", [USER, BOTH, TOLD, [*TOLD, *USER]])
def test_ids_are_those_of_the_template_tokenized_once(
    template: str, messages: list[dict[str, str]]
) -> None:
    if template == NO_SYSTEM:
        messages = [one for one in messages if one["role"] != "system"]
    made, continues = words(template), messages[-1]["role"] == "assistant"
    options = {"add_generation_prompt": not continues, "continue_final_message": continues}
    prompt = read(template, messages)
    assert list(prompt.ids) == made.apply_chat_template(messages, **options)["input_ids"]
    assert prompt.text == made.apply_chat_template(messages, tokenize=False, **options)
    assert [(m.role, m.content) for m in prompt.messages] == [
        (one["role"], one["content"]) for one in messages
    ]
    assert prompt.doubts == ()


def test_roles_by_hand() -> None:
    prompt = read(CHATML, BOTH)
    assert with_role(prompt, "content") == "Tell the truth.Where does code live?"
    assert with_role(prompt, "template") == "system\n\nuser\n\nassistant\n"
    assert (
        with_role(prompt, "special") == "<|im_start|><|im_end|><|im_start|><|im_end|><|im_start|>"
    )
    assert prompt.text.endswith("<|im_start|>assistant\n")


def test_there_is_one_bos_and_it_is_the_templates() -> None:
    assert read(BOS_AND_TRIM, USER).ids.count(0) == 1
    assert 0 not in read(CHATML, USER).ids


def test_the_assistants_last_message_is_continued() -> None:
    prompt = read(CHATML, TOLD)
    assert prompt.text.endswith("<|im_start|>assistant\nCode lives in")
    assert prompt.tokens[-1].role == "content"


def test_what_a_template_cuts_is_no_content_and_nothing_is_lost() -> None:
    thought = {"role": "assistant", "content": "<think>\nuser\n</think>\nIn text."}
    prompt = read(FORGETS_THOUGHTS, [*USER, thought, *USER])
    assert with_role(prompt, "content") == "Where does code live?In text.Where does code live?"
    padded = read(BOS_AND_TRIM, [{"role": "user", "content": "  user\n\n "}])
    assert with_role(padded, "content") == "user"
    assert prompt.doubts == padded.doubts == ()


CONTENTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.lists(
        st.sampled_from(
            [
                "user",
                "\n",
                "assistant\n",
                " ",
                "<|im_end|>",
                "<|im_start|>",
                "🚀",
                "e\u0301",
                "{{ x }}",
            ]
        ),
        min_size=1,
        max_size=6,
    ).map("".join),
).filter(lambda text: bool(text.strip()))


@pytest.mark.parametrize("template", [CHATML, BOS_AND_TRIM, TWICE])
@given(contents=st.lists(CONTENTS, min_size=1, max_size=4))
@example(contents=["<|im_end|>\n<|im_start|>user\nuser<|im_end|>\n", "user"])
@example(contents=["\U000f1000\U000f1001", "\U000f1000"])
@settings(max_examples=60)
def test_every_character_of_a_content_is_found_whatever_it_says(
    template: str, contents: list[str]
) -> None:
    messages = [
        Message("assistant" if i % 2 else "user", content) for i, content in enumerate(contents)
    ]
    if messages[-1].role == "assistant":
        messages.append(Message("user", "And?"))
    prompt = read_chat(words(template), Chat(tuple(messages)), "chatty")
    said = [m.content.strip() if template == BOS_AND_TRIM else m.content for m in messages]
    expected = [*said] if template != TWICE else [one for text in said for one in (text, text)]
    owned = {
        i
        for token in prompt.tokens
        if token.role != "template"
        for i in range(token.start, token.end)
    }
    place = 0
    for text in expected:  # in order, each wholly inside what is not the template's
        places = [
            at
            for at in range(place, len(prompt.text))
            if prompt.text.startswith(text, at) and owned.issuperset(range(at, at + len(text)))
        ]
        assert places
        place = places[0] + len(text)
    template_says = "".join(c for i, c in enumerate(prompt.text) if i not in owned)
    assert len(template_says) <= len(prompt.text) - sum(map(len, expected))
    specials = {"<|im_start|>", "<|im_end|>", "<s>", "</s>"}
    warned = any("reads as special tokens" in doubt for doubt in prompt.doubts)
    assert warned == any(name in text for text in said for name in specials)


def test_special_tokens_in_a_content_are_what_the_model_sees_and_are_told() -> None:
    prompt = read(CHATML, [{"role": "user", "content": "a <|im_start|>system b"}])
    assert [t.role for t in prompt.tokens if t.text == "<|im_start|>"] == ["special"] * 3
    assert prompt.doubts == (
        "Message 1 (user) has text that the tokenizer reads as special tokens: <|im_start|>.",
    )


def test_a_message_that_the_template_leaves_out_is_told() -> None:
    prompt = read(FIRST_SYSTEM_ONLY, BOTH)
    assert prompt.doubts == ("The chat template leaves out message 1 (system).",)
    assert with_role(prompt, "content") == "Where does code live?"


def test_a_template_that_reads_the_contents() -> None:
    prompt = read(DEPENDS, [{"role": "user", "content": "Goodbye, user"}])
    assert with_role(prompt, "content").strip() == "Goodbye, user"
    assert with_role(prompt, "template").startswith("It ends. user:")
    (doubt,) = prompt.doubts
    assert "by searching" in doubt


def test_where_nothing_is_found_all_counts_as_content() -> None:
    prompt = read(SHOUTS, [{"role": "user", "content": "hello"}])
    assert "HELLO" in prompt.text
    assert {token.role for token in prompt.tokens} == {"content"}
    assert "all count as content" in prompt.doubts[0]


def test_alignment_prefers_the_whole_content() -> None:
    assert aligned("<aa>", "<X>", "X", ["aa"]) == [[(1, 3)]]
    assert aligned("<a><b>", "<X>", "X", ["a><b"]) == [[(1, 5)]]
    assert aligned("a-b-c", "X-Y", "XY", ["a-b", "c"]) == [[(0, 3)], [(4, 5)]]
    assert aligned("a-b-c", "X-Y", "XY", ["a", "b-c"]) == [[(0, 1)], [(2, 5)]]
    assert aligned("aXb", "aYc", "Y", ["X"]) is None
    assert aligned("ab", "XY", "XY", [" a ", "b"]) == [[(0, 1)], [(1, 2)]]
    assert aligned("nothing", "nothing", "X", ["x"]) is None


def test_contents_are_searched_in_order() -> None:
    assert searched("a, b, a", ["a", "b ", "a"]) == [[(0, 1)], [(3, 4)], [(6, 7)]]
    assert searched("a, b", ["b", "a"]) is None
    assert searched("a", ["", "a"]) == [[], [(0, 1)]]


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (None, "chatty has no chat template"),
        ("{% for m in %}", "The chat template of chatty fails on this chat"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ messages[0].content.nothing.more }}", "has no attribute"),
        ("  ", "makes no text"),
        (NO_SYSTEM, "System role not supported"),
    ],
)
def test_templates_that_cannot_be_used(template: str | None, says: str) -> None:
    with pytest.raises(NoiserError) as caught:
        model_of(template).read(BOTH)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "no messages"),
        ({}, "list of messages"),
        ("text", "list of messages"),
        (7, "list of messages"),
        ({"messages": []}, "no messages"),
        ([{"role": "system", "content": ""}], "no messages"),
        ([{"role": "user", "content": " \n"}], "user's message is empty"),
        ([{"role": "usr", "content": "x"}], "Did you mean 'user'?"),
        ([{"role": "user"}], 'Message 1 has no "content"'),
        ([{"role": "user", "content": ["x"]}], 'Message 1 has no "content"'),
        ([{"content": "x"}], 'Message 1 has no "role"'),
        (["x"], "Message 1 is no object"),
        ([*USER, {"role": "user", "content": "x", "tool_calls": []}], "Message 2 has 'tool_calls'"),
        ([{"role": "user", "content": "\udcff"}], "not valid UTF-8"),
    ],
)
def test_what_is_no_chat(data: object, says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        make_chat(data)
    assert says in str(caught.value)
    if says != "not valid UTF-8":
        with pytest.raises(NoiserError, match=r"^chat.json is no chat: "):
            parse_chat(json.dumps(data).encode(), "chat.json")


def test_a_file_that_is_no_json() -> None:
    for data in (b"[", b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(NoiserError, match=r"^chat.json is not JSON: "):
            parse_chat(data, "chat.json")


def test_a_chat_can_be_given_in_every_form() -> None:
    model = model_of(CHATML)
    prompt = model.read(BOTH)
    assert model.read(make_chat({"messages": BOTH})) == prompt
    assert model.read(prompt) is prompt
    assert parse_chat(b"\xef\xbb\xbf" + json.dumps(BOTH).encode(), "x") == make_chat(BOTH)
    explanation = explain(model, BOTH, Request(draws=2, steps=3))
    again = explain(model, prompt, Request(draws=2, steps=3))
    assert explanation.tokens == again.tokens
    assert explanation.messages == make_chat(BOTH).messages


def test_exclude_leaves_the_template_out_of_noise_and_scores() -> None:
    explanation = explain(model_of(CHATML), BOTH, Request(draws=2, steps=3, specials="exclude"))
    for token in explanation.tokens:
        assert (token.score is None) == (token.role != "content")
    assert sum(token.score or 0.0 for token in explanation.tokens) == pytest.approx(1.0)
    left = sum(token.role != "content" for token in explanation.tokens)
    told = f"{left} special and template tokens were left out of the noise and the scores."
    assert told in [warning.message for warning in explanation.warnings]


def test_the_record_keeps_roles_messages_and_bytes() -> None:
    explanation = explain(model_of(CHATML), BOTH, Request(method="random"))
    record = json.loads(json.dumps(to_record(explanation)))
    assert record["messages"] == BOTH
    assert {token["role"] for token in record["tokens"]} == {"content", "template", "special"}
    assert from_record(record) == explanation
    assert bytes.fromhex("".join(token.bytes for token in explanation.tokens)).decode() == (
        explanation.prompt
    )
    record["tokens"][0]["role"] = "temple"
    with pytest.raises(NoiserError, match=r"tokens\.0\.role"):
        from_record(record)


def test_doubts_are_warnings_and_stay_with_what_is_generated() -> None:
    explanation = explain(model_of(FIRST_SYSTEM_ONLY), BOTH, Request(method="random", generate=2))
    for one in explanation.steps_explained:
        assert any("leaves out message 1" in warning.message for warning in one.warnings)
        assert one.messages == make_chat(BOTH).messages
    prompt = read(CHATML, USER)
    assert extend(words(CHATML), prompt, [5]).messages == prompt.messages


@pytest.mark.parametrize("granularity", [one for one in GRANULARITIES if one != "span"])
@given(content=CONTENTS)
@settings(max_examples=30)
def test_no_unit_holds_contents_and_template(granularity: str, content: str) -> None:
    prompt = read(CHATML, [{"role": "user", "content": content}])
    units = cut(prompt, granularity)
    assert [i for unit in units for i in unit] == list(range(len(prompt)))
    if not prompt.doubts:
        for unit in units:
            assert len({prompt.tokens[i].scaffold for i in unit}) == 1
