"""The built-in model is what the project promises of it: enough facts, learned, and explained well."""

from __future__ import annotations

import random

import pytest

from noiser.builtin import MODEL_NAME, corpus
from noiser.builtin.train import accuracy
from noiser.model.language_model import LanguageModel
from noiser.model.loading import load
from tests.benchmarks.builtin_model import explain, sample, summary

SEED = 0
"""Of the training, so that what is held out here was held out there."""


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load(MODEL_NAME, device="cpu")


def test_facts_and_relations() -> None:
    facts = {pair.fact for pair in corpus.pairs()}
    assert len(facts) >= 700
    assert len({fact.relation for fact in facts}) >= 15
    for relation in corpus.relations():
        assert len(relation.phrasings) >= 2


def test_nothing_held_out_was_trained_on() -> None:
    trained, held_out = corpus.split(SEED)
    assert not set(trained) & set(held_out)
    assert {pair.fact for pair in held_out} <= {pair.fact for pair in trained}


def test_held_out_pairs_are_answered_right(model: LanguageModel) -> None:
    _, held_out = corpus.split(SEED)
    some = random.Random(1).sample(held_out, 200)
    first, _ = accuracy(model.network, some, model.tokenizer, SEED)
    assert first >= 0.9


def test_a_word_of_the_subject_is_among_the_two_highest(model: LanguageModel) -> None:
    explained = [explain(model, pair, prompt) for pair, prompt in sample(30, seed=1)]
    assert summary(explained)["subject_top2"] >= 0.7
