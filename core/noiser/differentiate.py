"""The one place that runs backward: gradients of what is explained, in slices that fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import torch

from noiser.errors import NoiserError
from noiser.model.hidden import between_layers, checkpointed
from noiser.model.memory import is_out_of_memory
from noiser.model.precision import at_least_float32
from noiser.perturb import Perturber

Rows = Callable[[slice], torch.Tensor]
"""Makes some of the rows to differentiate at, shape (some, n, d)."""

FORWARD_AND_BACKWARD = 3
"""A backward run is worth about two forward ones."""
SCALES = {torch.float16: 1024.0}
"""What a value is multiplied by on its way back: float16 has no numbers below 6e-8."""


class Differentiator:
    """Gradients of a scalar per row through one prompt's network; it counts the perturber's work.

    `value`: (rows, …) → (rows,) of what `run` gives for rows of shape (rows, n, d), by default the
    model's readings. `each`: how many rows of the prompt's length `run` makes of one. `around`: what
    the network is run in, forward and backward.

    All layers' intermediate results are held at once, so a slice has fewer rows than a call without
    gradients. Where not even one row fits, layers are run a second time on the way back (Chen et al.
    2016), and only what goes from layer to layer is held.
    """

    def __init__(
        self,
        perturber: Perturber,
        value: Callable[[torch.Tensor], torch.Tensor],
        run: Callable[[torch.Tensor], torch.Tensor] | None = None,
        each: int = 1,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._perturber, self._model = perturber, perturber.model
        if (fault := self._model.gradient_fault) is not None:
            raise NoiserError(
                f"No gradients can be counted on: {self._model.info.name} {fault}. "
                "Try a method without gradients, such as noiser or occlusion."
            )
        self._value, self._each, self._around = value, each, around
        model, reads = perturber.model, perturber.reads
        self._run = run or (lambda rows: model.readings(rows, reads))
        most, least = self._sizes()
        self._again = most > perturber.budget.bytes
        size = least if self._again else most
        within = perturber.budget.positions // (each * len(perturber.embeddings))
        self._most = max(1, min(within, int(perturber.budget.bytes // size)))

    def gradients(
        self, count: int, rows: Rows
    ) -> Iterator[tuple[slice, torch.Tensor, torch.Tensor]]:
        """Which of the `count` rows a slice holds, their values (b,) and gradients (b, n, d).

        In order; at least float32. Cancelled is raised between slices, and within one between layers.
        """
        done = 0
        while done < count:
            some = slice(done, min(count, done + self._most))
            found = self._slice(some, rows)
            if found is not None:
                yield some, *found
                done = some.stop

    def integral(self, weights: torch.Tensor, rows: Rows) -> torch.Tensor:
        """The weighted sum of the gradients at all rows, (n, d), at least float32."""
        total = torch.zeros((), dtype=weights.dtype, device=weights.device)
        for some, _, gradients in self.gradients(len(weights), rows):
            total = total + torch.einsum("b,bnd->nd", weights[some], gradients.to(weights.dtype))
        return total

    def values(self, row: torch.Tensor) -> float:
        """The value of one row (n, d), without a gradient."""
        self._perturber.check()
        with self._model.turn, torch.inference_mode():
            found = self._value(self._run(row.unsqueeze(0).to(self._dtype)))
        self._perturber.count(self._each * len(self._perturber.embeddings))
        return float(found[0])

    @property
    def _dtype(self) -> torch.dtype:
        return self._perturber.embeddings.dtype

    def _slice(self, some: slice, rows: Rows) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Values and gradients; None where memory ran out and smaller slices are to be tried."""
        self._perturber.check()
        try:
            found = self._backward(rows(some))
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if self._most == 1 and self._again:
                info, length = self._model.info, len(self._perturber.embeddings)
                raise NoiserError(
                    f"Out of memory on {info.device} with the gradients of a single row of "
                    f"{length:,} tokens: try a shorter prompt, a smaller dtype, or a method "
                    "without gradients.",
                    change=("dtype", "method"),
                ) from error
        else:
            passes = FORWARD_AND_BACKWARD + self._again
            length = len(self._perturber.embeddings)
            self._perturber.count(passes * self._each * (some.stop - some.start) * length)
            return found
        # here nothing holds on to the slice that failed
        self._again = self._again or self._most == 1
        self._most = max(1, (some.stop - some.start) // 2)
        self._perturber.ran_out(self._most)
        return None

    def _backward(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        scale = SCALES.get(self._dtype, 1.0)
        with self._model.turn, torch.inference_mode(False), torch.enable_grad(), self._around():
            leaf = rows.detach().to(self._dtype, copy=True).requires_grad_()
            network, cancelled = self._model.network, self._perturber.check
            again = checkpointed(network) if self._again else nullcontext()
            with again, between_layers(network, cancelled):
                values = self._value(self._run(leaf))
                (gradients,) = torch.autograd.grad(scale * values.sum(), leaf)
        return at_least_float32(values.detach()), at_least_float32(gradients) / scale

    def _sizes(self) -> tuple[float, float]:
        """About the bytes of one row: with every layer's results held, and with one layer's."""
        budget, embeddings = self._perturber.budget, self._perturber.embeddings
        layers = int(self._model.network.config.get_text_config().num_hidden_layers)
        layer = len(embeddings) * budget.position_bytes
        between = layers * embeddings.nelement() * embeddings.element_size()
        return (
            self._each * (layers * layer + budget.row_bytes),
            self._each * (between + layer + budget.row_bytes),
        )
