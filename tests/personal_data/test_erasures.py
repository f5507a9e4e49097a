"""Persons who are erased are in no file of the home, nor of any backup, in no encoding; every figure stands."""

from base64 import b64encode
from random import Random

from stress.erasures import _spellings, erased


def test_of_twenty_persons_erased_no_byte_is_left_and_every_figure_stands(tmp_path):
    found = erased(20, Random(20), tmp_path)

    assert (found.count, found.faults) == (20, [])


def test_the_search_knows_a_text_in_every_encoding_and_in_base64_wherever_it_begins():
    for before in (b"", b"x", b"xy", b"xyz"):
        for encoding in ("utf-8", "utf-16-le", "cp1252"):
            raw = before + "Søren Kjær".encode(encoding) + b"...."
            for content in (raw, raw.hex().encode(), b64encode(raw)):
                assert [s for s in _spellings("Søren Kjær") if s in content], (before, encoding)
