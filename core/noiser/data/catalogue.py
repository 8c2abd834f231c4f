"""Every data set that has a name here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event

from noiser.data.facts import built_in
from noiser.data.published import Published
from noiser.data.reading import Columns
from noiser.data.sample import Sample
from noiser.data.sentences import first_sentences
from noiser.errors import unknown

_RELEASED = "https://raw.githubusercontent.com/qasemii/noiser"
"""The code that was released with the Noiser paper, and its data."""
_BIOGRAPHIES = "https://huggingface.co/datasets/potsawee/wiki_bio_gpt3_hallucination"
_SENTENCES = 2
"""Of a biography: taken to be the rule of Zhao and Shan 2024; no released code has it."""

_PUBLISHED = (
    Published(
        "Knowns",
        "facts, one sentence each",
        "Meng et al. 2022, Locating and Editing Factual Associations in GPT",
        "https://rome.baulab.info/data/dsets/known_1000.json",
        Columns("prompt", "attribute", "subject", "known_id"),
    ),
    Published(
        "LongRA",
        "word pairs in sentences with a distractor",
        "Vafa et al. 2021, Rationales for Sequential Predictions; as released with the Noiser paper",
        f"{_RELEASED}/3ae8f9dbcb16e471bae1c63db475596f73cb6e2d/data/LongRA.json",
        Columns("prompt", "target", "relative", "id"),
    ),
    Published(
        "wikitext",
        "openings of articles, to be continued",
        "as released with the Noiser paper",
        f"{_RELEASED}/e0d39a49453551c161c788d5686e073657ad9166/data/wikitext.txt",
        Columns(),
    ),
    Published(
        "WikiBio",
        "the first two sentences of biographies, to be continued",
        "Manakul et al. 2023, SelfCheckGPT",
        f"{_BIOGRAPHIES}/resolve/c620633e6968e964594946a96b6cbc06e9defe55/dataset.json",
        Columns("wiki_bio_text", None, None, "wiki_bio_test_idx"),
        partial(first_sentences, count=_SENTENCES),
    ),
)


@dataclass(frozen=True)
class DataSet:
    """A data set by name: what it is, where it comes from, how to read it.

    `here` says whether it needs no network for that; where it does, `load` can be cancelled.
    """

    name: str
    what: str
    source: str
    load: Callable[[Event | None], list[Sample]]
    here: Callable[[], bool] = lambda: True


DATASETS: dict[str, DataSet] = {
    one.name: one
    for one in (
        DataSet(
            "built-in", "the built-in model's facts, short", "", lambda _: built_in(long=False)
        ),
        DataSet(
            "built-in-long",
            "the built-in model's facts, with a distractor",
            "",
            lambda _: built_in(long=True),
        ),
        *(DataSet(one.name, one.what, one.source, one.load, one.is_kept) for one in _PUBLISHED),
    )
}


def load_dataset(name: str, cancel: Event | None = None) -> list[Sample]:
    """The samples of the data set called `name`, whatever its capitals; WrongUse where there is none.

    Setting `cancel` raises Cancelled within a moment where it has to be fetched.
    """
    return find_dataset(name).load(cancel)


def find_dataset(name: str) -> DataSet:
    """The data set called `name`, whatever its capitals; WrongUse with a suggestion where there is none."""
    for known, dataset in DATASETS.items():
        if known.lower() == name.lower():
            return dataset
    raise unknown("data set", name, DATASETS)
