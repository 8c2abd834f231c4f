"""What is read out of a reply, however the list is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.judge.parsing import read_reply

FIVE = ("Paris", "Lyon", "Nice", "Lille", "Metz")
_LINES = "\n".join


@pytest.mark.parametrize(
    "raw",
    [
        "1. Paris\n2. Lyon\n3. Nice\n4. Lille\n5. Metz",
        "1) Paris\n2) Lyon\n3) Nice\n4) Lille\n5) Metz",
        "(1) Paris\n(2) Lyon\n(3) Nice\n(4) Lille\n(5) Metz",
        "1: Paris\n2: Lyon\n3: Nice\n4: Lille\n5: Metz",
        "1 - Paris\n2 - Lyon\n3 - Nice\n4 - Lille\n5 - Metz",
        "Here are the five most probable completions:\n\n1. Paris\n2. Lyon\n3. Nice\n4. Lille\n5. Metz",
        "Here are the five:\n1. Paris\n2. Lyon\n3. Nice\n4. Lille\n5. Metz\n\nTell me if I can help!",
        "- Paris\n- Lyon\n- Nice\n- Lille\n- Metz",
        "Sure! Here are five, the likeliest first:\n* Paris\n* Lyon\n* Nice\n* Lille\n* Metz",
        "• Paris\n• Lyon\n• Nice\n• Lille\n• Metz",
        "Paris, Lyon, Nice, Lille, Metz",
        "Paris, Lyon, Nice, Lille, Metz.",
        "Here are the five words: Paris, Lyon, Nice, Lille, Metz",
        "Here are five completions, most probable first:\nParis, Lyon, Nice, Lille, Metz",
        "Paris; Lyon; Nice; Lille; Metz",
        "Paris | Lyon | Nice | Lille | Metz",
        '["Paris", "Lyon", "Nice", "Lille", "Metz"]',
        "['Paris', 'Lyon', 'Nice', 'Lille', 'Metz']",
        '```json\n["Paris", "Lyon", "Nice", "Lille", "Metz"]\n```',
        '[\n  "Paris",\n  "Lyon",\n  "Nice",\n  "Lille",\n  "Metz"\n]',
        "Paris\nLyon\nNice\nLille\nMetz",
        "Paris\r\nLyon\r\nNice\r\nLille\r\nMetz\r\n",
        "The completions are:\nParis\nLyon\nNice\nLille\nMetz",
        "1. **Paris**\n2. **Lyon**\n3. **Nice**\n4. **Lille**\n5. **Metz**",
        '1. "Paris"\n2. "Lyon"\n3. "Nice"\n4. "Lille"\n5. "Metz"',
        "1. “Paris.”\n2. ‘Lyon’\n3. «Nice»\n4. `Lille`\n5. *Metz*.",
        "1. Paris (the capital)\n2. Lyon - a guess\n3. Nice\n4. Lille\n5. Metz",
        "1. Paris 2. Lyon 3. Nice 4. Lille 5. Metz",
        "1. Paris, 2. Lyon, 3. Nice, 4. Lille, 5. Metz",
        "1. Paris\n2. Paris\n3. Lyon\n4. Nice\n5. Lille\n6. Metz\n7. Brest",
        "<think>\n1. no\n2. not this\n</think>\n1. Paris\n2. Lyon\n3. Nice\n4. Lille\n5. Metz",
    ],
)
def test_five_answers_in_many_forms(raw: str) -> None:
    reply = read_reply(raw)
    assert reply.answers == FIVE
    assert reply.parsed
    assert reply.raw == raw


@pytest.mark.parametrize(
    ("raw", "answers"),
    [
        (
            "1、东京\n2、大阪\n3、京都\n4、名古屋\n5、神户",
            ("东京", "大阪", "京都", "名古屋", "神户"),
        ),
        ("东京、大阪、京都、名古屋、神户。", ("东京", "大阪", "京都", "名古屋", "神户")),
        (
            "以下是：\n- 「东京」\n- 大阪\n- 京都\n- 名古屋\n- 神户",
            ("东京", "大阪", "京都", "名古屋", "神户"),
        ),
        ("باريس، ليون، نيس، ليل، ميتز", ("باريس", "ليون", "نيس", "ليل", "ميتز")),
        (
            "1. Москва\n2. Тверь\n3. Тула\n4. Орёл\n5. Пермь",
            ("Москва", "Тверь", "Тула", "Орёл", "Пермь"),
        ),
        ("१. दिल्ली\n२. पुणे\n३. सूरत\n४. पटना\n५. गया", ("दिल्ली", "पुणे", "सूरत", "पटना", "गया")),
        ("1. 1984\n2. 42\n3. 3.5\n4. C++\n5. U.S.", ("1984", "42", "3.5", "C++", "U.S")),
        (
            "1. New York\n2. Rio de Janeiro\n3. a\n4. b-c\n5. O'Hara",
            ("New York", "Rio de Janeiro", "a", "b-c", "O'Hara"),
        ),
    ],
)
def test_other_scripts_and_odd_answers(raw: str, answers: tuple[str, ...]) -> None:
    reply = read_reply(raw)
    assert reply.answers == answers
    assert reply.parsed


@pytest.mark.parametrize(
    ("raw", "answers"),
    [
        ("", ()),
        (" \n\t", ()),
        ("Paris", ("Paris",)),
        ("1. Paris\n2. Lyon\n3. Nice", ("Paris", "Lyon", "Nice")),
        ("1. Paris\n2. Paris\n3. Paris\n4. Paris\n5. Paris", ("Paris",)),
        ("I am sorry, but I cannot guess how a text that I do not see goes on.", ()),
        ("...\n---\n***", ()),
    ],
)
def test_a_reply_that_breaks_the_format_keeps_what_can_be_read(
    raw: str, answers: tuple[str, ...]
) -> None:
    reply = read_reply(raw)
    assert reply.answers == answers
    assert not reply.parsed


_WORDS = st.lists(
    st.text("abcdefgxyzéßжд東", min_size=1, max_size=9), min_size=5, max_size=5, unique=True
)


@given(_WORDS, st.sampled_from(["{n}. {w}", "{n}) {w}", "- {w}", "• {w}", '{n}. "{w}"']))
def test_any_five_words_in_any_list(words: list[str], form: str) -> None:
    lines = [form.format(n=number, w=word) for number, word in enumerate(words, 1)]
    assert read_reply(_LINES(["Here are the words:", *lines])).answers == tuple(words)
    assert read_reply(_LINES(lines)).answers == tuple(words)


@given(st.text())
def test_whatever_comes_is_read(raw: str) -> None:
    reply = read_reply(raw)
    assert len(reply.answers) <= 5
    assert len(set(reply.answers)) == len(reply.answers)
    assert reply.parsed == (len(reply.answers) == 5)
    assert all(answer.strip() == answer != "" for answer in reply.answers)
