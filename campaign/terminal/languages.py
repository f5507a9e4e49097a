"""The language of a file: the one said, else the setting lang, else English."""

from __future__ import annotations

from campaign.errors import SettingsFault
from campaign.terminal.session import Session

LANGUAGES = ("en", "da")


def language_of(session: Session, option: str | None) -> str:
    """The language to write in. Raises ``SettingsFault`` for a setting that is none."""
    language = option or session.setting("lang") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise SettingsFault(f"The setting lang is {language[:20]!r}; it can be {' or '.join(LANGUAGES)}.")
    return language
