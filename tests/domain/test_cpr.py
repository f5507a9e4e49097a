"""CPR numbers: the spellings in which one is seen, what is taken for none, and every door that lets none in."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from import_fixtures import BAKERY, CALLS, COMPANIES, new_workspace, run_at_terminal, run_import, table
from stress.cpr_numbers import HARMLESS, SPELLINGS, a_number, numbers

from domain.cpr import holds_personal_number, refuse_personal_numbers
from domain.refusals import PersonalNumber, TextNotAllowed
from domain.texts import clean_note, clean_text

ROOT = Path(__file__).parents[2]
NUMBER, DIGITS = "010190-1234", "1234"

SEEN = [
    "020290-1234",
    "0101901234",
    "0202901239",
    "020290 1234",
    "02 02 90 1234",
    "02 02 90 - 1234",
    "020290 -- 1234",
    "020290\u20101234",
    "020290\u20111234",
    "020290\u20121234",
    "020290\u20131234",
    "020290\u20141234",
    "020290\u22121234",
    "020290/1234",
    "02/02/90-1234",
    "02.02.90-1234",
    "02-02-90-1234",
    "02. 02. 90 - 1234",
    "02021990-1234",
    "02.02.1990-1234",
    "020220011234",
    "０２０２９０－１２３４",
    "٠٢٠٢٩٠-١٢٣٤",
    "⓪②⓪②⑨⓪-①②③④",
    "⑫⑫⑫-①②③④",
    "x020290-1234x",
    "ring til 020290-1234, hun er der",
    "020290-1234@mail.dk",
    "a_020290_1234_b.csv",
    "020290__1234",
    "020290\xad1234",
    "0\u200b20290\xad1234",
    "02\xad02\xad90-1234",
    "0\u200b2\u200b0290-1234",
    "020290\u200d-\u200d1234",
    "\u200f020290-1234",
    "0\u03012\u0301" + "0290-1234",
    "0\ufe0f\u20e320290-1234",
    "0 2 0 2 9 0 - 1 2 3 4",
    "0.2.0.2.9.0.1.2.3.4",
    "https://x.dk/?cpr=020290%2D1234",
    "020290%201234",
    "%30%32%30%32%39%30-1234",
    "020290&ndash;1234",
    "020290&#8211;1234",
    "610190-1234",
    "290200-1234",
    "12345678 og 020290-1234 og 2012-11-20",
    "22 11 12 34 020290-1234",
]

NOT_SEEN = [
    "",
    "310290-1234",
    "001290-1234",
    "12.11.123456",
    "0202901234",
    "011390-1234",
    "0101901-234",
    "1003456789012",
    "26099382",
    "DK26099382",
    "+45 22 11 12 34",
    "+4522111234",
    "2211 1234 / 2211 1235",
    "2012-11-20",
    "20.11.2012 kl. 14",
    "2012-11-20T14:30:59",
    "20121120143059",
    "2012-11-20/2012-12-24",
    "12/05-09/08 2012",
    "5790000123456",
    "INV-2012-110190",
    "1.234.567.890,00",
    "824e24238dc95bd1ee463a9a",
]


@pytest.mark.parametrize("text", SEEN)
def test_a_number_in_cpr_form_is_seen_in_every_spelling(text):
    assert holds_personal_number(text)


@pytest.mark.parametrize("text", NOT_SEEN)
def test_other_numbers_are_taken_for_what_they_are(text):
    assert not holds_personal_number(text)


@pytest.mark.parametrize("text", SEEN)
def test_a_text_or_a_note_with_such_a_number_is_refused_without_repeating_it(text):
    for refusing in (refuse_personal_numbers, lambda text: clean_text("name", text), clean_note):
        with pytest.raises((PersonalNumber, TextNotAllowed)) as refused:
            refusing(text)
        assert not any(c.isdigit() for c in str(refused.value))


def test_a_number_broken_over_two_lines_of_a_note_is_refused():
    with pytest.raises(PersonalNumber):
        clean_note("hun er født 010190-\n1234")


def test_there_are_twelve_spellings_and_none_is_missed():
    found = numbers(1_500, Random(3), Path())

    assert len(SPELLINGS) == 12
    assert found.faults == []


@pytest.mark.parametrize("kind", [kind for kind in HARMLESS if kind != "P-number"])
def test_of_a_kind_of_harmless_numbers_at_most_one_in_a_hundred_is_refused(kind):
    chance = Random(5)

    assert sum(holds_personal_number(HARMLESS[kind](chance)) for _ in range(1_000)) <= 10


def test_every_spelling_is_one_that_a_person_could_mean():
    chance = Random(1)
    number = a_number(chance)

    assert all(sum(c.isdigit() for c in spell(number, chance)) >= 10 for spell in SPELLINGS.values())


# The doors


def is_refused_and_not_repeated(code, out, err):
    return code in (1, 2) and "CPR number" in err and DIGITS not in out + err and "010190" not in out + err


@pytest.mark.parametrize(
    "words",
    [
        ("company", NUMBER),
        ("company", "Hansen", "010190", "1234"),
        ("company", "Hansen 010190", "-", "1234"),
        ("company", "010190%2D1234"),
        ("company", BAKERY, f"--name=Bager {NUMBER}"),
        ("company", BAKERY, "--size", NUMBER),
        ("call", BAKERY, NUMBER),
        ("call", BAKERY, "accepted", "--at", NUMBER),
        ("call", BAKERY, "accepted", f"--at{NUMBER}"),
        ("call", BAKERY, "accepted", f"--{NUMBER}"),
        ("call", BAKERY, "accepted", "01", "01", "90", "1234"),
        (NUMBER,),
        (f"--home=/tmp/{NUMBER}", "rates"),
        ("rates", "-o", f"{NUMBER}.tsv"),
        ("rates", "--by", NUMBER),
        ("export", "totals", "-o", f"a/{NUMBER}.csv"),
        ("import", f"{NUMBER}.csv"),
        ("import", f"{NUMBER}/calls.csv"),
        ("import", "calls.csv", "--rejects", NUMBER),
        ("import", "calls.csv", "--source", NUMBER),
        ("target", "luk-op", "visits_held", NUMBER),
        ("target", "luk-op", "visits_held", "10", "--because", NUMBER),
        ("plan", NUMBER, "--title", "x", "--from", "2012-01-01", "--to", "2012-12-31"),
        ("undo", "--batch", NUMBER),
        ("completion", NUMBER),
    ],
)
def test_a_word_of_a_command_is_refused(tmp_path, monkeypatch, capsys, words):
    home = new_workspace(tmp_path / "home")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))

    assert is_refused_and_not_repeated(*run_at_terminal(capsys, *words))


@pytest.mark.parametrize(
    "words",
    [
        ("company", BAKERY, "--industry", "011100", "--since", "2012-11-20"),
        ("target", "luk-op", "visits_held", "120312", "--by", "2012-12-24"),
        ("target", "luk-op", "visits_held", "120312", "2012-12-24"),
        ("book", "10200820", "2012-11-20"),
        ("undo", "824e24238dc95bd1ee463a9a28121901"),
        ("undo", "00000000-0000-5000-8000-010190123401"),
    ],
)
def test_words_that_only_stand_beside_each_other_are_no_such_number(tmp_path, monkeypatch, capsys, words):
    home = new_workspace(tmp_path / "home")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))
    monkeypatch.setenv("CAMPAIGN_CONSULTANT", "anna")

    assert "CPR" not in run_at_terminal(capsys, *words)[2]


@pytest.mark.parametrize("variable", ["CAMPAIGN_HOME", "CAMPAIGN_OFFICE", "CAMPAIGN_CONSULTANT", "CAMPAIGN_SLUG"])
@pytest.mark.parametrize("command", [("doctor",), ("call", BAKERY, "no-answer")])
def test_a_setting_from_the_environment_is_refused(tmp_path, monkeypatch, capsys, variable, command):
    home = new_workspace(tmp_path / "home")
    (tmp_path / NUMBER).mkdir()
    (tmp_path / NUMBER / "config.toml").write_text("no settings")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))
    monkeypatch.setenv(variable, str(tmp_path / NUMBER) if variable == "CAMPAIGN_HOME" else NUMBER)

    code, out, err = run_at_terminal(capsys, *command)

    assert is_refused_and_not_repeated(code, out, err)
    assert variable == "CAMPAIGN_HOME" or f"setting from {variable} " in err


@pytest.mark.parametrize("line", [f'consultant = "{NUMBER}"', f'"{NUMBER}" = "x"', f'office = "{NUMBER}"'])
@pytest.mark.parametrize("command", [("doctor",), ("call", BAKERY, "no-answer")])
def test_a_setting_from_a_file_is_refused(tmp_path, monkeypatch, capsys, line, command):
    home = new_workspace(tmp_path / "home")
    (home.path / "config.toml").write_text(line + "\n")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))

    assert is_refused_and_not_repeated(*run_at_terminal(capsys, *command))


def test_a_cell_is_refused_and_its_row_goes_to_the_rejects_without_the_number(tmp_path):
    home = new_workspace(tmp_path / "home")
    first, *others = ("c1", BAKERY, "2012-11-05T09:30", "anna", "306", "accepted")
    rows = [[*(NUMBER if n == at else cell for n, cell in enumerate([first, *others]))] for at in range(6)]
    calls = table(
        tmp_path / "calls.csv", CALLS, *rows, ["c2", BAKERY, "2012-11-05", "anna", "306", "x", "", "010190;1234"]
    )

    done = run_import(home, calls)

    (rejects,) = done.rejects
    assert done.counts == {"rejected": 7}
    assert "1234" not in rejects.read_text("utf-8-sig").replace("line", "") + " ".join(done.reasons)


def test_the_name_of_a_file_in_a_folder_of_a_zip_is_refused(tmp_path, monkeypatch, capsys):
    from zipfile import ZipFile

    home = new_workspace(tmp_path / "home")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))
    inside = table(tmp_path / "calls.csv", COMPANIES, [BAKERY, "Bager"]).read_bytes()
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"{NUMBER}/companies.csv", inside)

    assert is_refused_and_not_repeated(*run_at_terminal(capsys, "import", tmp_path / "a.zip"))


def test_a_mistake_in_the_program_is_told_without_the_number_and_without_its_signs(tmp_path):
    program = (
        "import sys, cli\n"
        "from campaign.terminal import root\n"
        "def broken(self, said, extra): raise LookupError('\\x1b[2J 010190-1234')\n"
        "root.Root._run = broken\n"
        "cli.main.main(['doctor'])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )

    assert told.returncode == 1
    assert b"Traceback" in told.stderr
    assert b"\x1b" not in told.stderr
    assert b"1234" not in told.stderr
