"""Paths from words to a baseline over the words that are nearest in embedding space."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from noiser.model.language_model import LanguageModel
from noiser.model.precision import at_least_float32

NEAREST = 50
"""Words among which the next of a path is chosen, as in Inseq 0.7.1."""
BLOCK = 8192
"""Words of the vocabulary that are embedded at once."""
TOGETHER = 128
"""Words whose distances to the whole vocabulary are held at once."""


class Neighbours:
    """The nearest words of each word, found once, when a path comes to it.

    `check` is asked before each step, which takes no call of the model that would ask: it may raise.
    """

    def __init__(self, model: LanguageModel, check: Callable[[], object] = lambda: None) -> None:
        self._model, self._check = model, check
        self._rows = int(model.network.get_input_embeddings().weight.shape[0])
        self._known: dict[int, list[int]] = {}

    def walks(
        self, words: Sequence[int], goal: int | None, baselines: torch.Tensor, points: int
    ) -> torch.Tensor:
        """Paths from each baseline (words, d) to its word, (points, words, d).

        `goal`: the id of the baselines, None where they are no word's. Each point is the next word's
        embedding, brought between its neighbour and the baseline in every dimension.
        """
        here = self._embed(words)  # where each path is, and, in `at`, the last word it came to
        at, visited = list(words), [[word] for word in words]
        made = [here]
        for _ in range(points - 2):
            anchors = self._embed(at)
            self._find([word for word in at if word != goal])
            for i, word in enumerate(at):
                if word != goal:
                    at[i] = self._next(word, goal, visited[i], anchors[i], baselines[i], points)
                visited[i].append(at[i])
            here = monotonic(self._embed(at), baselines, here, points)
            made.append(here)
        return torch.stack([baselines, *reversed(made)])

    def _next(
        self,
        word: int,
        goal: int | None,
        visited: Sequence[int],
        here: torch.Tensor,
        baseline: torch.Tensor,
        points: int,
    ) -> int:
        """The neighbour that has to be moved least to lie between this word and the baseline."""
        self._check()
        open_ = [one for one in self._known[word] if one not in visited and one != goal]
        if not open_:
            return word if goal is None else goal
        anchors = self._embed(open_)
        moved = monotonic(anchors, baseline, here, points) - anchors
        return open_[int(moved.norm(dim=-1).argmin())]

    def _embed(self, ids: Sequence[int]) -> torch.Tensor:
        return at_least_float32(self._model.embed(ids).clone())

    def _find(self, words: Sequence[int]) -> None:
        """Find the neighbours of those words whose are not known, nearest first."""
        new = sorted(set(words) - set(self._known))
        for first in range(0, len(new), TOGETHER):
            self._check()
            some = new[first : first + TOGETHER]
            centres = self._embed(some)
            distances = torch.cat(
                [
                    torch.cdist(centres, self._embed(range(start, min(start + BLOCK, self._rows))))
                    for start in range(0, self._rows, BLOCK)
                ],
                dim=1,
            )
            distances[range(len(some)), some] = torch.inf  # a word is no neighbour of itself
            near = distances.topk(min(2 * NEAREST, self._rows - 1), largest=False).indices.tolist()
            for word, centre, ids in zip(some, centres, near, strict=True):
                self._check()
                # again one by one: by matrix products close distances are not exact
                exact = (self._embed(ids) - centre).norm(dim=-1)
                order = exact.argsort(stable=True)[:NEAREST].tolist()
                self._known[word] = [ids[i] for i in order]


def monotonic(
    anchors: torch.Tensor, baseline: torch.Tensor, here: torch.Tensor, points: int
) -> torch.Tensor:
    """Anchors (…, d), their dimensions that do not lie between here and the baseline moved there.

    Such a dimension goes one part in `points` of the way from here to the baseline.
    """
    low, high = torch.minimum(here, baseline), torch.maximum(here, baseline)
    between = (low <= anchors) & (anchors <= high)
    return torch.where(between, anchors, here - (here - baseline) / points)
