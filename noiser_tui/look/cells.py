"""Text as terminal cells; the engine has the same for its pictures."""

from noiser.cells import cell_width, one_line, visible

__all__ = ["cell_width", "one_line", "visible"]
