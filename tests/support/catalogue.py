"""The translation catalogue: finds the texts of the program, updates the .po and compiles the .mo."""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import babel.messages.catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from projections.measures import COUNTS

ROOT = Path(__file__).parents[2]
PO, MO = (ROOT / "campaign" / "translations" / name for name in ("da.po", "da.mo"))
HEADER = "# Danish of campaign-tracker; scripts/translations keeps it up to date."
FIRST = {"text": 1, "plural": 1, "Message": 0}
"""The position of the message among the arguments of each function; its context or its plural follows."""


class Catalog(babel.messages.catalog.Catalog):
    """A catalogue whose header has neither dates nor versions."""

    mime_headers = [
        ("Language", "da"),
        ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]

    def __init__(self) -> None:
        super().__init__(locale="da", header_comment=HEADER, fuzzy=False)


def extracted() -> Catalog:
    """The messages of today: literals in calls of the functions, and the definitions of the counts."""
    catalog = Catalog()
    for path in sorted((ROOT / "campaign").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for id_, context in _messages(ast.parse(source)) if "from campaign.translations import" in source else ():
            catalog.add(id_, locations=[(path.relative_to(ROOT).as_posix(), 1)], context=context)
    for definition in COUNTS.values():
        catalog.add(definition, locations=[("projections/measures.py", 1)])
    return catalog


def _messages(tree: ast.Module) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Id and context of each message, also of one within an f-string, which Babel's own extractor passes over."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FIRST:
            message, *after = node.args[FIRST[node.func.id] :]
            following = next((text for argument in after[:1] for text in _literals(argument)), None)
            for text in _literals(message):
                yield ((text, following), None) if node.func.id == "plural" and following else (text, following)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))


def updated() -> Catalog:
    """The messages of today with the Danish that the .po file has for them."""
    catalog, before = extracted(), translated() if PO.exists() else Catalog()
    for message in catalog:
        if message.id and (same := before.get(message.id, message.context)):
            message.string = same.string
    return catalog


def translated() -> babel.messages.catalog.Catalog:
    """The catalogue of the .po file."""
    with PO.open("rb") as file:
        return read_po(file, locale="da")


def untranslated(catalog: babel.messages.catalog.Catalog) -> list[str]:
    """The messages without Danish."""
    texts = {str(message.id): message.string for message in catalog if message.id}
    return [id_ for id_, danish in texts.items() if not danish or not all(danish)]


def written(catalog: babel.messages.catalog.Catalog) -> bytes:
    """The bytes of the .po file."""
    file = io.BytesIO()
    write_po(file, _plain(catalog), width=120, sort_output=True, include_lineno=False)
    return file.getvalue()


def compiled(catalog: babel.messages.catalog.Catalog) -> bytes:
    """The bytes of the .mo file."""
    file = io.BytesIO()
    write_mo(file, _plain(catalog))
    return file.getvalue()


def _plain(catalog: babel.messages.catalog.Catalog) -> Catalog:
    """The same messages under the plain header; a percent sign in a text is no format."""
    plain = Catalog()
    for message in catalog:
        if message.id:
            flags = message.flags - {"python-format"}
            plain.add(message.id, message.string, message.locations, flags, context=message.context)
            plain.get(message.id, message.context).flags = flags
    return plain


if __name__ == "__main__":
    PO.write_bytes(written(updated()))
    MO.write_bytes(compiled(translated()))
    if missing := untranslated(translated()):
        sys.exit(f"{PO.name} has no Danish for: {'; '.join(missing)}")
