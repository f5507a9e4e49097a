"""The catalogue of translations: complete, compiled, and with the same placeholders in both languages."""

import re
import subprocess
import sys

import catalogue
import pytest

from campaign.publishing.journal.themes import BASES, OUTCOMES
from campaign.publishing.wording import ABOUT_SHEET
from campaign.storage.checkpoints import ABOUT
from campaign.translations import LANGUAGES, Message, capitalized, plural, text


def ids(catalog):
    return {(message.id, message.context) for message in catalog if message.id}


def test_the_catalogue_has_every_text_of_the_program_and_no_other():
    assert ids(catalogue.translated()) == ids(catalogue.extracted())


def test_every_text_has_danish():
    assert catalogue.untranslated(catalogue.translated()) == []


def test_the_compiled_catalogue_is_what_the_danish_compiles_to():
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.translated())


def test_the_danish_is_written_as_the_script_writes_it():
    assert catalogue.PO.read_bytes() == catalogue.written(catalogue.translated())


def test_the_placeholders_of_both_languages_agree():
    def placeholders(text):
        return set(re.findall(r"{(\w*)}", text))

    unlike = [
        message.id
        for message in catalogue.translated()
        if message.id
        for english, danish in zip(both(message.id), both(message.string), strict=True)
        if placeholders(english) != placeholders(danish)
    ]

    assert unlike == []


def both(texts):
    return (texts,) if isinstance(texts, str) else texts


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Yield: Job, {number} positions"), ("da", "Resultat: Job, {number} pladser")]
)
def test_a_plural_takes_the_form_of_its_number(language, expected):
    message = plural(language, "Yield: {kind}, {number} position", "Yield: {kind}, {number} positions", 2)

    assert message.replace("{kind}", "Job") == expected


def test_a_context_chooses_between_two_danish_texts():
    assert [text("da", "Note"), text("da", "Note", "theme"), text("da", Message("Note", "theme"))] == [
        "Note",
        "Notat",
        "Notat",
    ]
    assert text("en", "Note", "theme") == "Note"


def test_a_text_without_danish_is_english():
    assert text("da", "No such text") == "No such text"


def test_only_the_first_letter_is_capitalized():
    assert capitalized("besøg i DK") == "Besøg i DK"
    assert capitalized("") == ""


def test_the_sheet_about_the_figures_is_found_in_both_languages():
    assert tuple(text(language, ABOUT_SHEET) for language in LANGUAGES) == ABOUT


def test_words_of_the_domain_are_their_own_english():
    assert [word for word, message in (OUTCOMES | BASES).items() if str(word) != message.english] == []


def test_a_message_is_translated_without_babel():
    program = (
        "import sys; from campaign.translations import text; text('da', 'Total'); assert 'babel' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
