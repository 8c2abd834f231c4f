"""The buttons of the mouse: the left one chooses, the right one is the terminal's own."""

from __future__ import annotations

LEFT, MIDDLE = 1, 2
