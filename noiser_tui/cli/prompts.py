"""Where the prompt comes from: the argument, a file, standard input, or the options of a chat."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from noiser.chat import Chat, Message, parse_chat
from noiser.errors import NoiserError, WrongUse
from noiser.files import expand, prompt_in

STDIN = "-"


@dataclass(frozen=True)
class ChatChoice:
    """The options of which one makes the prompt a chat."""

    system: str | None = None
    user: str | None = None
    file: Path | None = None

    @property
    def given(self) -> str | None:
        """The first that was given."""
        options = {"--chat": self.file, "--system": self.system, "--user": self.user}
        return next((name for name, value in options.items() if value is not None), None)

    def read(self) -> Chat:
        """The chat; a file brings all of its messages itself."""
        if self.file is not None:
            if self.system is not None or self.user is not None:
                raise WrongUse("--chat brings its own messages: give no --system and no --user.")
            with opened(self.file) as stream:
                return parse_chat(stream.read(), name_of(self.file))
        if self.user is None:
            raise WrongUse("--system is said before something: give --user with it.")
        system = () if self.system is None else (Message("system", self.system),)
        return Chat((*system, Message("user", self.user)))


def read_asked(argument: str | None, file: Path | None, chat: ChatChoice) -> str | Chat:
    """The prompt or the chat from where it was given."""
    if chat.given is None:
        return read_prompt(argument, file)
    if argument is not None or file is not None:
        raise WrongUse(
            f"{chat.given} makes the prompt a chat: give no PROMPT and no --file with it."
        )
    return chat.read()


def read_prompt(argument: str | None, file: Path | None) -> str:
    """The prompt from where it was given; of a file as `prompt_in` says."""
    if argument is not None and file is not None:
        raise WrongUse("A PROMPT and --file were both given: give one of them.")
    if argument is not None and argument != STDIN:
        return _not_empty(argument)
    source = STDIN if argument is not None else file
    if source is None:
        raise WrongUse("There is no prompt: give PROMPT, --file, --user, --chat, or - for stdin.")
    with opened(source) as stream:
        data = stream.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoiserError(
            f"{name_of(source)} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}."
        ) from error
    return _not_empty(prompt_in(text))


@contextmanager
def opened(source: str | Path) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input for `-`."""
    if str(source) == STDIN:
        if sys.stdin is None:  # closed before we began
            raise NoiserError("Standard input is closed.")
        yield sys.stdin.buffer
        return
    try:
        stream = expand(source).open("rb")
    except OSError as error:
        raise NoiserError(f"{source} cannot be read: {error.strerror or error}.") from error
    yield stream
    # Only after an end in order: else a thread may still wait for a pipe's next line, and closing
    # would wait for that thread.
    stream.close()


def _not_empty(text: str) -> str:
    """Found here already, because loading a model takes seconds."""
    if not text.strip():
        raise WrongUse("The prompt is empty: give some text to explain.")
    return text


def name_of(source: str | Path) -> str:
    """What a source is called in a sentence."""
    return "Standard input" if str(source) == STDIN else str(source)
