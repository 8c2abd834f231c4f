"""The wrapped prompt; the engine lays out its pictures the same way."""

from noiser.layout import Fragment, Row, lay_out

__all__ = ["Fragment", "Row", "lay_out"]
