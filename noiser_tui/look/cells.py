"""Text as terminal cells; the engine has the same for its pictures."""

from noiser.cells import by_itself, cell_width, one_line, visible

__all__ = ["by_itself", "cell_width", "one_line", "visible"]
