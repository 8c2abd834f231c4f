"""Files of published numbers to be filled in: what a preset measures, without values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from noiser.study.presets import read_preset
from noiser.study.published import COLUMNS, KEPT, published_folder
from noiser.study.registry import get_measure

_PAPER = "Madani et al. 2025"
_HEAD = """\
# {name}: the numbers of {paper}, https://arxiv.org/abs/2504.02911, to be filled in as `value`.
# Where it has none the value stays empty, or the line goes. Shares: 0.45 or 45%. An empty method, bound or
# norm stands for any. Capitals, hyphens and what stands before a model's last / do not count.
# As {place}
# it stands beside one's own numbers in every study from the preset; elsewhere: published = "FILE" in a
# study.toml, or noiser study show FOLDER --published FILE.
"""


def blank_numbers(name: str, models: Sequence[str], datasets: Sequence[str]) -> str:
    """A preset's grid on these models and data sets as CSV for `read_published`; WrongUse for no preset."""
    study = read_preset(name, models=models, datasets=datasets)
    measures = map(get_measure, study.metrics)
    metrics = [column.name for one in measures for column in one.columns if column.better]
    text = io.StringIO()
    place = published_folder() / f"{name}.csv"
    text.write(_HEAD.format(name=name, paper=_PAPER, place=place))
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    source = f"{_PAPER}, {name.removeprefix('paper-').replace('-', ' ')}"
    for one in study.settings():
        said = (one.method, one.bound) if metrics else ("", "")
        for metric in metrics or [KEPT]:
            rows.writerow((one.model, one.dataset, *said, "", metric, "", source))
    return text.getvalue()
