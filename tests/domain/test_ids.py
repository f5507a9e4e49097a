"""Ids are the RFC's version 5 and never change."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import campaign_id, company_id, identity, outreach_id

NAMESPACE = UUID("6d1c8f0e-52a7-5b5e-9a55-3d0c5c1d8a10")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_an_id_is_the_rfcs_version_5_of_its_words(words):
    assert identity(*words) == uuid5(NAMESPACE, "\x1f".join(words))


def test_ids_never_change():
    assert str(campaign_id("luk-op")) == "a08614d2-d9aa-551c-a0c9-f9e1b611b5aa"
    assert str(company_id("26099382")) == "c478a899-261e-517d-bee5-70e2b748728d"
    assert str(outreach_id("luk-op", "26099382")) == "6c5f7e01-ae03-531a-9bf2-80675576ea8b"


def test_words_are_kept_apart_in_an_id():
    assert identity("ab", "c") != identity("a", "bc") != identity("abc")
