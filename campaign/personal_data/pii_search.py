"""PII search: which files of a data directory contain a personal text, such as exports, rejected rows and drafts."""

from __future__ import annotations

import gzip
import html
import io
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from campaign.storage.personal_texts import CONTACT, NAME, NOTE, Text
from domain.texts import folded

_STORES = re.compile(
    r"(events|views|people)(\.building-\d+)?\.db(-wal|-shm|-journal)?|config\.toml|backups\.json|erased\.jsonl|erasing\.lock.*"
)
_ENCODINGS = ("utf-8", "cp1252", "cp850", "utf-16-le", "utf-16-be")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = re.compile(r"\d(?:[ ().-]{0,2}\d){7,}")
_LONG_LINE = 3  # words of a line of a note that nobody writes twice by chance
_PHONE = 8  # digits
_SHORT = 2  # letters of a word that is a name only when it is written as one (Ib, Bo)
MOST_BYTES = 50_000_000
_DEEPEST = 3  # archives inside one another

Words = tuple[str, ...]


class SearchTerms(NamedTuple):
    """What is searched: phrases by their first word, and telephone numbers by their last eight digits."""

    phrases: dict[str, list[Words]]
    numbers: frozenset[str]

    def occur_in(self, text: str) -> bool:
        """Whether any of it stands in a text, however it is spaced, quoted or written large."""
        return any(self._occur_in(reading) for reading in {text, html.unescape(text), _unescaped(text)})

    def _occur_in(self, text: str) -> bool:
        words = _words(text)
        if any(self._phrase_at(words, at) for at, word in enumerate(words) if word in self.phrases):
            return True
        return bool(self.numbers) and any(number[-_PHONE:] in self.numbers for number in _numbers(text))

    def _phrase_at(self, words: Sequence[str], at: int) -> bool:
        return any(_matches_phrase(words[at : at + len(phrase)], phrase) for phrase in self.phrases[words[at]])


def search_terms(texts: Iterable[Text]) -> SearchTerms:
    """The parts of these texts that identify a person or a note, and hardly occur by chance."""
    phrases: dict[str, list[Words]] = {}
    numbers: set[str] = set()
    for text in texts:
        for phrase in filter(None, _phrases(text)):
            phrases.setdefault(phrase[0], []).append(phrase)
        numbers.update(number[-_PHONE:] for number in _numbers(text.said.get("phone", "")))
    return SearchTerms(phrases, frozenset(numbers))


def _phrases(text: Text) -> Iterator[Words]:
    fields = text.said
    if text.kind in (CONTACT, NAME):
        name = _words(fields.get("name", ""))
        yield name if len(name) > 1 else ()
        yield (name[-1], *name[:-1]) if len(name) > 1 else ()  # as lists have it: Hansen, Ib
        yield _words(fields.get("email", "")) if "@" in fields.get("email", "") else ()
    else:
        lines = map(_words, text.content.splitlines())
        yield from (line for line in lines if len(line) >= _LONG_LINE)


def _matches_phrase(words: Sequence[str], phrase: Words) -> bool:
    """Whether the words are the phrase, the last of them perhaps in the genitive."""
    return tuple(words[:-1]) == phrase[:-1] and bool(words) and words[-1] in (phrase[-1], f"{phrase[-1]}s")


def _words(text: str) -> Words:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _numbers(text: str) -> Iterator[str]:
    return (re.sub(r"\D", "", match.group()) for match in _NUMBER.finditer(text))


def _unescaped(text: str) -> str:
    """What JSON escapes, as it is."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text).replace("\\n", "\n")


# Words that tell


class PersonNames(NamedTuple):
    """Words of names, folded; short ones besides as they are written; and numbers and addresses."""

    words: frozenset[str]
    written: frozenset[str]
    terms: SearchTerms

    def may_occur_in(self, text: str) -> bool:
        """Whether a text tells any of it: to be on the safe side, before it is kept for ever."""
        return not self.words.isdisjoint(map(_plain, _WORD.findall(text))) or self.terms.occur_in(text)

    def occur_in(self, text: str) -> bool:
        """Whether a text names the person: one of the words as a name is written, or a number or an address."""
        return not self.written.isdisjoint(map(_nominative, _WORD.findall(text))) or self.terms.occur_in(text)


def person_names(texts: Sequence[Text]) -> PersonNames:
    """The names of persons in these texts."""
    words = {word for text in texts for word in _WORD.findall(text.said.get("name", "")) if len(word) >= _SHORT}
    return PersonNames(
        frozenset(map(_plain, words)),
        frozenset(map(_nominative, words)),
        search_terms(t for t in texts if t.kind != NOTE),
    )


def _plain(word: str) -> str:
    return folded(_nominative(word))


def _nominative(word: str) -> str:
    return word[:-1] if len(word) > _SHORT + 1 and word.endswith("s") else word


# Files


class PiiSearch(NamedTuple):
    """Files that hold one of the terms, and files that could not be searched, with the reason."""

    matches: list[Path]
    unsearchable: list[tuple[Path, str]]


class Unsearchable(Exception):
    """A file that cannot be searched; ``str()`` says why."""


def search_files(home: Path, terms: SearchTerms) -> PiiSearch:
    """Searches every file under ``home`` except its stores; files of other homes and backups are reported as unsearchable."""
    result = PiiSearch([], [])
    for path in _files(home, result) if terms.phrases or terms.numbers else ():
        try:
            _check_searchable(home, path)
            if terms.occur_in(path.name) or _occur_in_content(path.read_bytes(), terms):
                result.matches.append(path)
        except (OSError, Unsearchable) as fault:
            result.unsearchable.append((path, getattr(fault, "strerror", None) or str(fault)))
    return result


def _files(home: Path, result: PiiSearch) -> Iterator[Path]:
    def closed(fault: OSError) -> None:
        result.unsearchable.append((Path(fault.filename), fault.strerror or str(fault)))

    for folder, _, names in os.walk(home, onerror=closed):
        for path in (Path(folder, name) for name in sorted(names)):
            if not (path.parent == home and _STORES.fullmatch(path.name)):
                yield path


def _check_searchable(home: Path, path: Path) -> None:
    if path.is_symlink():
        raise Unsearchable("it is a link")
    inside = (folder for folder in path.parents if folder != home and folder.is_relative_to(home))
    if any((folder / "events.db").exists() for folder in inside):
        raise Unsearchable("it is of another home or backup")
    if path.stat().st_size > MOST_BYTES:
        raise Unsearchable(_TOO_LARGE)


_TOO_LARGE = f"it has over {MOST_BYTES:,} bytes"


def _occur_in_content(content: bytes, terms: SearchTerms, depth: int = 0) -> bool:
    """Raises ``Closed`` for an archive that cannot be searched to its end, unless it stands in what can be read."""
    if any(terms.occur_in(reading) for reading in _decodings(content)):
        return True
    return any(_occur_in_content(part, terms, depth + 1) for part in _archive_members(content, depth))


def _decodings(content: bytes) -> Iterator[str]:
    """The content as text in every encoding that is usual; one of two bytes may begin anywhere."""
    for encoding in _ENCODINGS:
        for start in (0, 1) if encoding.startswith("utf-16") else (0,):
            text = content[start:].decode(encoding, errors="ignore")
            yield text
            if "<" in text:
                yield re.sub(r"<[^<>]*>", " ", text)


def _archive_members(content: bytes, depth: int) -> Iterator[bytes]:
    """What is in an archive."""
    if content.startswith(b"\x1f\x8b"):
        yield _read(gzip.GzipFile(fileobj=io.BytesIO(content)), depth)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield name.encode()
                    with archive.open(name) as part:
                        yield _read(part, depth)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as fault:
            raise Unsearchable("it is an archive that is locked or damaged") from fault


def _read(part: IO[bytes] | gzip.GzipFile, depth: int) -> bytes:
    try:
        content = part.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise Unsearchable("it is a damaged archive") from fault
    if depth == _DEEPEST or len(content) > MOST_BYTES:
        raise Unsearchable("it is an archive too deep or too large to be searched")
    return content
