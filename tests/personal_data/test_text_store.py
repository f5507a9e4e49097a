"""The store of personal texts: what is kept comes back with its commitment, and what is forgotten is nowhere."""

import sqlite3
from uuid import UUID

import pytest
from aggregate_fixtures import act, new_id

from campaign.errors import StoreFault
from campaign.storage.personal_texts import CONTACT, NAME, NOTE, Text, commitment
from campaign.storage.sqlite.texts import SqliteTexts

CVR = "26099382"
SECRET = "Søren Kjær-Ottesen"


@pytest.fixture
def people(tmp_path):
    return SqliteTexts(tmp_path / "people.db")


def a_text(content: str = SECRET, kind: str = NOTE, subject: UUID | None = None) -> Text:
    return Text.new(act(), kind, subject or new_id(), CVR, content)


def test_a_text_comes_back_as_it_was_kept(people):
    text = a_text()

    people.keep([text])

    assert people.texts([text.id]) == {text.id: text}
    assert people.of_companies([CVR]) == people.all() == [text]


def test_of_what_was_never_kept_there_is_nothing_and_no_file(people):
    assert (people.texts([new_id()]), people.all(), people.named(["kj"]), people.forget([new_id()])) == ({}, [], [], 0)
    assert not people.path.exists()


def test_the_file_is_for_its_owner_alone(people):
    people.keep([a_text()])

    assert people.path.stat().st_mode & 0o777 == 0o600


def test_a_commitment_is_of_the_text_its_id_and_its_salt(people):
    text = a_text()

    assert text.kept.commitment == commitment(text.salt, text.id, SECRET)
    assert len({text.kept.commitment, *(t.kept.commitment for t in (text._replace(salt=bytes(32)), a_text()))}) == 3
    assert len(text.salt) == 32


def test_a_forgotten_text_is_in_no_byte_of_any_file(people, tmp_path):
    kept, gone = a_text("what stays"), [a_text(f"{SECRET} {n} {'x' * 3000}", NAME) for n in range(40)]
    people.keep([kept, *gone])
    assert people.named(["soren", "ottesen"])

    assert people.forget([text.id for text in gone]) == 40

    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"what stays" in left
    assert not [word for word in ("Ottesen", "ottesen", "xxxxxxxx") if word.encode() in left]
    assert not any(text.salt in left for text in gone)


def test_sole_traders_are_found_by_every_word_of_their_name(people):
    people.keep([a_text("Åse Møllers Frisør", NAME), a_text("Åse ringede", NOTE), a_text('{"name": "Åse"}', CONTACT)])

    assert people.named(["ase", "moller"]) == [(CVR, "Åse Møllers Frisør")]
    assert people.named(["ase", "bager"]) == []


def test_a_damaged_store_is_told(people):
    people.keep([a_text()])
    people.path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000)

    with pytest.raises(StoreFault, match=r"people\.db is damaged"):
        people.all()


def test_what_is_deleted_waits_in_no_journal(people):
    people.keep([a_text()])

    with sqlite3.connect(people.path) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in people.path.parent.iterdir()] == ["people.db"]
