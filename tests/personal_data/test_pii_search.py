"""Traces: a text that is erased is found in whatever file, encoding, spelling or archive of the home it stands."""

import gzip
import io
import json
import unicodedata
import zipfile

import pytest
import xlsxwriter
from aggregate_fixtures import act, new_id

from campaign.personal_data.pii_search import person_names, search_files, search_terms
from campaign.storage.personal_texts import CONTACT, NAME, NOTE, Text

NAMED = 'Åse "Bo" Møller & Søn'


def a_name(name: str = NAMED) -> Text:
    return Text.new(act(), NAME, new_id(), "26099382", name)


def a_contact(**said: str) -> Text:
    return Text.new(act(), CONTACT, new_id(), "26099382", json.dumps(said))


def a_note(text: str) -> Text:
    return Text.new(act(), NOTE, new_id(), "26099382", text)


def found(home, *texts: Text) -> list[str]:
    return [path.name for path in search_files(home, search_terms(texts)).matches]


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "cp850"])
def test_a_name_is_found_in_every_encoding_a_file_can_have(tmp_path, encoding):
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "companies.csv").write_bytes(f"cvr;name\r\n26099382;{NAMED}\r\n".encode(encoding))
    (tmp_path / "other.csv").write_bytes("cvr;name\r\n26099382;Åse Bo Mølleren og Søn\r\n".encode(encoding))

    assert found(tmp_path, a_name()) == ["companies.csv"]


@pytest.mark.parametrize(
    "written",
    [
        '26099382;"Åse ""Bo"" Møller & Søn"',
        "åse bo møller søn",
        "ÅSE  'BO'\tMØLLER\n&amp; SØN",
        "&Aring;se &#34;Bo&#34; M&oslash;ller &amp; S&oslash;ns",
        json.dumps(NAMED),
        unicodedata.normalize("NFD", NAMED),
        f"x_{NAMED}_y",
        "26099382Åse Bo Møller Søn306",
        "Søn, Åse Bo Møller",
        "<row><c>Åse</c><c>Bo</c><c>Møller</c><c>Søn</c></row>",
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path, written):
    (tmp_path / "a.txt").write_text(written, encoding="utf-8")

    assert found(tmp_path, a_name()) == ["a.txt"]


def test_a_name_is_found_in_archives_inside_archives_and_in_names_of_files(tmp_path):
    content = f"name\n{NAMED}\n".encode()
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_string(0, 0, NAMED)
    (tmp_path / "b.zip").write_bytes(zipped("inner.zip", zipped("inside.csv", content)))
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(content))
    (tmp_path / "d åse bo møller & søn.txt").write_text("nothing")
    (tmp_path / "e.zip").write_bytes(b"PK\x03\x04 damaged" + zipped("inside.csv", content)[40:])
    (tmp_path / "f.bin").write_bytes(b"\0" + NAMED.encode("utf-16-le"))

    assert found(tmp_path, a_name()) == ["a.xlsx", "b.zip", "c.csv.gz", "d åse bo møller & søn.txt", "f.bin"]


@pytest.mark.parametrize("written", ["21436587", "21 43 65 87", "+45 21 43 65 87", "(+45)21-43-65-87", "+4521436587"])
def test_a_telephone_is_found_however_it_is_grouped(tmp_path, written):
    (tmp_path / "a.csv").write_text(f"ring {written}.\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("ring 21 43 65 88\n2012;3;21;43\n", encoding="utf-8")

    assert found(tmp_path, a_contact(name="Ib", phone="21 43 65 87")) == ["a.csv"]


def test_what_is_everywhere_is_not_searched_in_files(tmp_path):
    (tmp_path / "totals.csv").write_text("office;visits\n306;2012\nEgon\n", encoding="utf-8")

    texts = [
        a_contact(name="Office", role="chef", phone="306"),
        a_name("Egon"),
        a_note("ring\nEgon bad"),
        a_contact(name=""),
    ]
    assert found(tmp_path, *texts) == []


def test_a_line_of_a_note_is_found_and_a_short_one_is_not(tmp_path):
    (tmp_path / "a.txt").write_text("han vil gerne HAVE to praktikanter, tror jeg", encoding="utf-8")
    (tmp_path / "b.txt").write_text("ring igen", encoding="utf-8")

    assert found(tmp_path, a_note("ring igen\nhan vil gerne have to praktikanter")) == ["a.txt"]


def test_stores_of_the_home_are_not_searched_and_what_is_not_ours_is_named(tmp_path):
    home, old = tmp_path / "home", tmp_path / "home" / "old"
    old.mkdir(parents=True)
    (tmp_path / "mine.txt").write_text(NAMED, encoding="utf-8")
    (home / "link.txt").symlink_to(tmp_path / "mine.txt")
    for name in ("events.db", "views.db-wal", "people.db", "config.toml", "erased.jsonl", "backups.json"):
        (home / name).write_text(NAMED, encoding="utf-8")
    (old / "events.db").write_text(NAMED, encoding="utf-8")
    with (home / "large.bin").open("wb") as large:
        large.truncate(50_000_001)
    (home / "cut.gz").write_bytes(gzip.compress(NAMED.encode() * 99)[:-20])
    (home / "bomb.zip").write_bytes(zipped("large.csv", bytes(50_000_001)))
    (home / "deep.zip").write_bytes(zipped("1", zipped("2", zipped("3", zipped("4", zipped("5", b"x"))))))

    searched = search_files(home, search_terms([a_name()]))

    assert searched.matches == []
    assert {path.name: why for path, why in searched.unsearchable} == {
        "link.txt": "it is a link",
        "events.db": "it is of another home or backup",
        "large.bin": "it has over 50,000,000 bytes",
        "cut.gz": "it is a damaged archive",
        "bomb.zip": "it is an archive too deep or too large to be searched",
        "deep.zip": "it is an archive too deep or too large to be searched",
    }


# Reasons and notes


@pytest.mark.parametrize(
    ("text", "told", "named"),
    [
        ("ring til Aase", True, True),
        ("ring til AASE", True, False),
        ("til Møllers butik!", True, True),
        ("til møller", True, False),
        ("21 43 65 87 virker ikke", True, True),
        ("skrev til ib@holm.dk", True, True),
        ("han kan bo her", True, False),
        ("Bo ringede", True, True),
        ("chefen bad om det", False, False),
        ("møllerens", False, False),
    ],
)
def test_a_text_tells_who_it_is_by_a_word_a_number_or_an_address(text, told, named):
    person = a_contact(name="Aase Bo Møller", role="chef", phone="+45 21436587", email="ib@holm.dk")

    names = person_names([person])

    assert (names.may_occur_in(text), names.occur_in(text)) == (told, named)


def test_of_a_note_no_word_tells_but_a_number_in_it_may():
    names = person_names([a_note("ring igen efter jul")])

    assert not names.may_occur_in("efter jul")
