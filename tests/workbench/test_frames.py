"""How many frames a second are written: as the setting says by then, and the last one in any case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from unittest.mock import Mock, patch

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from noiser_tui.workbench.environment import FAR, FASTEST, frames
from noiser_tui.workbench.terminal import driver
from noiser_tui.workbench.terminal.driver import SparingDriver
from tests.workbench.outer import ESCAPES


class Clock:
    """Time that goes on when it is told to, with what is to be called then."""

    def __init__(self) -> None:
        self.now = 100.0
        self._calls: list[tuple[float, Callable[[], object], Mock]] = []

    def call_in(self, of: object, seconds: float, call: Callable[[], object]) -> Mock:
        handle = Mock()
        self._calls.append((self.now + seconds, call, handle))
        return handle

    def go_on(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [one for one in self._calls if one[0] <= end]:
            first = min(due, key=lambda one: one[0])
            self._calls.remove(first)
            self.now, call, handle = first
            if not handle.cancel.called:
                call()
        self.now = end


class Drawn:
    """A driver on such a clock, and what it has written when."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.written: list[tuple[float, str]] = []
        self.count = 0
        with patch("signal.signal"):
            self.driver = SparingDriver(App())

    def draw(self) -> None:
        """One frame, another one than all before."""
        self.count += 1
        self.driver.write(f"\x1b[1;1H{self.count:06}\x1b[2;1H")
        self.driver.flush()

    def take(self, of: LinuxDriver, data: str) -> None:
        self.written.append((self.clock.now, ESCAPES.sub(b"", data.encode()).decode()))

    def since(self, start: float) -> int:
        return sum(at >= start for at, _ in self.written)


def on_a_clock(use: Callable[[Drawn], None]) -> None:
    """Use a driver whose time is our own."""

    async def used() -> None:
        clock = Clock()
        drawn = Drawn(clock)
        with (
            patch.object(driver, "call_in", clock.call_in),
            patch.object(driver, "time", Mock(monotonic=lambda: clock.now)),
            patch.object(LinuxDriver, "write", lambda of, data: drawn.take(of, data)),
        ):
            use(drawn)

    asyncio.run(used())


STEPS = st.lists(
    st.tuples(st.floats(0, 0.3), st.none() | st.sampled_from([1, 7, 30, 60, 239])), max_size=60
)


@given(STEPS)
def test_frames_are_so_far_apart_and_the_last_one_is_written(
    steps: list[tuple[float, int | None]],
) -> None:
    def use(drawn: Drawn) -> None:
        fps, free = 30, 0
        drawn.driver.pace(fps)
        for wait, other in steps:
            drawn.clock.go_on(wait)
            if other is not None:
                fps, free = other, len(drawn.written)
                drawn.driver.pace(other)
            else:
                drawn.draw()
            times = [at for at, _ in drawn.written[free:]]
            if len(times) > 1:
                assert times[-1] - times[-2] >= 1 / fps - 1e-9
        drawn.clock.go_on(1)
        if drawn.count:
            assert drawn.written[-1][1] == f"{drawn.count:06}"

    on_a_clock(use)


def test_fewer_and_more_frames_hold_from_the_edit_on() -> None:
    def use(drawn: Drawn) -> None:
        for fps in (60, 10, 120, 1, 30):
            drawn.driver.pace(fps)
            start = drawn.clock.now
            for _ in range(1000):  # two seconds, 500 a second
                drawn.draw()
                drawn.clock.go_on(0.002)
            assert 2 * fps <= drawn.since(start) <= 2 * fps + 1

    on_a_clock(use)


def test_a_frame_that_waits_goes_when_it_need_not_any_more() -> None:
    def use(drawn: Drawn) -> None:
        drawn.driver.pace(1)
        drawn.draw()
        drawn.draw()
        assert len(drawn.written) == 1
        drawn.driver.pace(FASTEST)
        assert [text for _, text in drawn.written] == ["000001", "000002"]
        drawn.draw()  # textual says how soon: no key waits here once more
        assert len(drawn.written) == 3

    on_a_clock(use)


def test_by_itself_all_frames_here_and_fewer_over_ssh() -> None:
    far = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}
    assert (frames(0, {}), frames(0, far)) == (FASTEST, FAR)
    assert frames(5, {}) == frames(5, far) == 5
