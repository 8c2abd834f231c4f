"""What values a setting can have: each kind checks them and reads them from text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from noiser.errors import NoiserError, WrongUse
from noiser_tui.settings.problem import unknown_name

Value = bool | int | float | str


class Kind(Protocol):
    """One kind of values."""

    @property
    def allowed(self) -> str:
        """The values there are, in words."""

    def check(self, value: object) -> Value:
        """The value as the program takes it; WrongUse, one sentence, where it cannot be one."""

    def read(self, text: str) -> Value:
        """The value that is written so in a variable or on the command line; WrongUse as above."""


@dataclass(frozen=True)
class OneOf:
    """One of the `names`; a function where they come from a registry, asked only when they matter.

    Where there are `files`, the path of a file that ends so may stand instead of a name.
    """

    names: Sequence[str] | Callable[[], Sequence[str]]
    files: tuple[str, ...] = ()

    def listed(self) -> Sequence[str]:
        """The names there are."""
        return self.names() if callable(self.names) else self.names

    @property
    def allowed(self) -> str:
        """The names."""
        return ", ".join(self.listed())

    def check(self, value: object) -> str:
        """The name; a number may stand for the name it is written as."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise WrongUse(f"It must be one of {self.allowed}.")
        is_file = bool(self.files) and value.endswith(self.files)
        if not is_file and value not in self.listed():
            raise WrongUse(unknown_name("value", value, self.listed()))
        return value

    def read(self, text: str) -> str:
        """The name."""
        return self.check(text)


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    @property
    def allowed(self) -> str:
        """The range."""
        return f"{self.low} to {self.high}"

    def check(self, value: object) -> int:
        """The number."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongUse(f"It must be a whole number from {self.allowed}.")
        if not self.low <= value <= self.high:
            raise WrongUse(f"It is {value}, it must be from {self.allowed}.")
        return value

    def read(self, text: str) -> int:
        """The number."""
        try:
            return self.check(int(text))
        except ValueError as error:
            raise WrongUse(f"It is {text!r}, it must be a whole number.") from error


@dataclass(frozen=True)
class Real:
    """A number from `low` to `high`; `above` says that `low` itself is none. Whole ones stay whole."""

    low: float
    high: float
    above: bool = False

    @property
    def allowed(self) -> str:
        """The range."""
        first = f"above {self.low:g}, up to" if self.above else f"{self.low:g} to"
        return f"{first} {self.high:g}"

    @property
    def _range(self) -> str:
        return self.allowed if self.above else f"from {self.allowed}"

    def check(self, value: object) -> float:
        """The number."""
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or not math.isfinite(value)
        ):
            raise WrongUse(f"It must be a number, {self._range}.")
        if not self.low <= value <= self.high or (self.above and value == self.low):
            raise WrongUse(f"It is {value:g}, it must be {self._range}.")
        return int(value) if value == int(value) else value

    def read(self, text: str) -> float:
        """The number."""
        try:
            return self.check(float(text))
        except ValueError as error:
            raise WrongUse(f"It is {text!r}, it must be a number.") from error


_FLAGS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True)
class Flag:
    """True or false."""

    @property
    def allowed(self) -> str:
        """Both."""
        return "true, false"

    def check(self, value: object) -> bool:
        """The flag."""
        if not isinstance(value, bool):
            raise WrongUse("It must be true or false.")
        return value

    def read(self, text: str) -> bool:
        """The flag, also as yes, on, 1 and no, off, 0."""
        if text.lower() not in _FLAGS:
            raise WrongUse(f"It is {text!r}, it must be true or false.")
        return _FLAGS[text.lower()]


@dataclass(frozen=True)
class Text:
    """Any text that `test` does not refuse; `allowed` says what that is."""

    allowed: str
    test: Callable[[str], object] | None = None
    filled: bool = True

    def check(self, value: object) -> str:
        """The text."""
        if not isinstance(value, str):
            raise WrongUse("It must be text in quotes.")
        if not value and self.filled:
            raise WrongUse(f"It is empty, it must be {self.allowed}.")
        if value and self.test is not None:
            try:
                self.test(value)
            except NoiserError as error:
                raise WrongUse(str(error)) from error
        return value

    def read(self, text: str) -> str:
        """The text."""
        return self.check(text)
