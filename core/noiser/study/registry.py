"""Every measure of a study by its name: a new one is one entry here."""

from __future__ import annotations

from noiser.errors import unknown
from noiser.study import ratios
from noiser.study.measures import Column, Measure

_SOFT = ("soft_ns", "soft_nc", "random_ns", "random_nc")

OWN = Measure(
    "explanation",
    "what every explanation says of itself",
    (
        Column("α", ("alpha",), "the scale of the noise"),
        Column("p(target)", ("probability",), "the clean probability of the target"),
    ),
    "noiser.study.own:measure",
)
"""Measured always."""

MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure(
            "soft",
            "Soft-NS and Soft-NC against random scores that meet the same masks",
            (
                Column(
                    "faithfulness",
                    _SOFT,
                    "ln(Soft-NS / random's) + ln(Soft-NC / random's), of means over samples",
                    "high",
                    ratios.faithfulness,
                ),
                Column("ln NS", _SOFT, "ln(Soft-NS / random's)", "high", ratios.sufficiency),
                Column("ln NC", _SOFT, "ln(Soft-NC / random's)", "high", ratios.comprehensiveness),
                Column("Soft-NS", ("soft_ns",), "soft normalised sufficiency"),
                Column("Soft-NC", ("soft_nc",), "soft normalised comprehensiveness"),
            ),
            "noiser.study.soft:measure",
        ),
        Measure(
            "hard",
            "sufficiency and comprehensiveness of the top k% of the units, means over k",
            (
                Column("suff.", ("hard_sufficiency",), "loss with the top units alone", "low"),
                Column("comp.", ("hard_comprehensiveness",), "loss without the top units", "high"),
            ),
            "noiser.study.removed:hard",
        ),
        Measure(
            "curves",
            "deletion and insertion curves",
            (
                Column("deletion", ("deletion_area",), "area below the deletion curve", "low"),
                Column("insertion", ("insertion_area",), "area below the insertion curve", "high"),
            ),
            "noiser.study.removed:curves",
        ),
        Measure(
            "parts",
            "importance on the word the target hangs on, the main part and the distractor",
            (
                Column("relative", ("share_relative",), "share on the relative word", "high"),
                Column("main", ("share_main",), "share on the main part", "high"),
                Column("distractor", ("share_distractor",), "share on the distractor", "low"),
            ),
            "noiser.study.parts:measure",
        ),
        Measure(
            "answerability",
            "whether a judge names the target from the top words",
            (
                Column("rate@1", ("answered1",), "the judge's first answer is right", "high"),
                Column("score@1", ("mass1",), "the top words' mass where it is", "high"),
                Column("rate@5", ("answered5",), "one of its five answers is right", "high"),
                Column("score@5", ("mass5",), "the top words' mass where one is", "high"),
                Column("unparsed", ("unparsed",), "replies that are no list of five"),
                Column("no words@1", ("none1",), "the rate where no words are shown"),
                Column("no words@5", ("none5",), "the rate where no words are shown"),
                Column("random@1", ("random1",), "the rate with as many words at random"),
                Column("random@5", ("random5",), "the rate with as many words at random"),
                Column("whole@1", ("whole1",), "the rate with the whole prompt"),
                Column("whole@5", ("whole5",), "the rate with the whole prompt"),
            ),
            "noiser.study.answers:measure",
            asks=True,
            ahead="noiser.study.answers:ask_ahead",
        ),
        Measure(
            "minimal",
            "the smallest share of top words with which a judge is right",
            (
                Column("minimal set", ("minimal",), "where it ever is right", "low"),
                Column("never right", ("never",), "with all words neither", "low"),
            ),
            "noiser.study.answers:minimal",
            asks=True,
            ahead="noiser.study.answers:ask_minimal_ahead",
        ),
        Measure(
            "hit",
            "whether the word that the target hangs on, where it is known, is among the top tokens",
            (
                Column("hit@1", ("hit1",), "it holds the top token", "high"),
                Column("hit@5", ("hit5",), "it holds one of the top five tokens", "high"),
            ),
            "noiser.study.own:hit",
        ),
    )
}
"""Every measure that `metrics` can name."""


def get_measure(name: str) -> Measure:
    """The measure called `name`; WrongUse with a suggestion where there is none."""
    if name not in MEASURES:
        raise unknown("metric", name, MEASURES)
    return MEASURES[name]
