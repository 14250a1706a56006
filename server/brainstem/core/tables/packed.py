"""The XML parts of an Office file, which is a ZIP archive: read a piece at a time, within limits. Pure.

What a part unpacks to is counted as it is read: the sizes that an archive names need not be true.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol
from xml.parsers import expat

from .sheets import Unreadable, shortened

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes of all parts that are read
DEEPEST = 64  # elements in each other; no sheet needs more than ten
PIECE = 64 * 1024
ENCODINGS = frozenset({"utf-8", "utf-16", "iso-8859-1", "us-ascii"})
NO_WORKBOOK = "This is not an Excel workbook (.xlsx). Save it as one, or as CSV UTF-8."


class Listener(Protocol):
    """What is told about the elements of a part, by their local names."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text within an element; in as many pieces as it comes."""


class Packed:
    """An opened archive."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise Unreadable(NO_WORKBOOK) from error
        self._names = {one.filename.lstrip("/").lower(): one for one in self._archive.infolist()}
        if len(self._names) > MOST_PARTS:
            raise Unreadable(f"The workbook has {len(self._names)} parts, and at most {MOST_PARTS} are read.")
        self._left = MOST_UNPACKED

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._names

    def read(self, name: str, listener: Listener) -> None:
        """Tell a listener about the elements of a part.

        Raises
        ------
        Unreadable
            If there is no such part, or it is damaged, encrypted, or too large.
        """
        parser = _parser(listener)
        try:
            for piece in self._pieces(name):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable(
                f"The workbook is damaged ({name}: {error}). Open it in Excel and save it again."
            ) from error

    def _pieces(self, name: str) -> Iterator[bytes]:
        about = self._names.get(name.lower())
        if about is None:
            raise Unreadable(NO_WORKBOOK)
        try:
            with self._archive.open(about) as part:
                while piece := part.read(PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        most = MOST_UNPACKED // 2**20
                        raise Unreadable(f"The workbook has more than {most} MB when unpacked. Use a smaller one.")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            reason = "it is encrypted" if about.flag_bits & 1 else "it is damaged"
            raise Unreadable(f"The workbook cannot be read: {reason}. Open it in Excel and save it again.") from error


def _parser(listener: Listener) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Unreadable(NO_WORKBOOK)
        listener.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(_local(name))

    def refuse(*_: object) -> None:
        # Entities could be made to unpack to any size; workbooks declare none.
        raise Unreadable("The workbook declares a document type, which no spreadsheet program writes.")

    def read_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
        # Expat asks Python for all others, which fails in many ways.
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise Unreadable(f"The workbook has a part in the encoding {shortened(encoding)}, and UTF-8 is read.")

    parser.XmlDeclHandler = read_encoding
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    handlers: Callable[..., None] = refuse
    parser.StartDoctypeDeclHandler = handlers
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


__all__ = ["Listener", "Packed"]
