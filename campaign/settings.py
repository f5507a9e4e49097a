"""Settings: an option before a variable before the home's config.toml, each remembering where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from campaign.errors import SettingsFault

VARIABLES = {
    "home": "CAMPAIGN_HOME",
    "office": "CAMPAIGN_OFFICE",
    "consultant": "CAMPAIGN_CONSULTANT",
    "campaign": "CAMPAIGN_SLUG",
    "database": "CAMPAIGN_DATABASE",
    "read_database": "CAMPAIGN_READ_DATABASE",
    "password_file": "CAMPAIGN_PASSWORD_FILE",
    "lang": "CAMPAIGN_LANG",
}
CONFIG = "config.toml"


class Setting(NamedTuple):
    """A value and where it came from: an option, a variable, a file, or the default."""

    value: str
    source: str


def read_settings(
    options: Mapping[str, str | None], environ: Mapping[str, str], default_home: Path
) -> dict[str, Setting]:
    """Every setting that is given somewhere, by name. Raises ``SettingsFault`` for a config.toml that cannot be read."""
    values = {"home": Setting(str(default_home), "default")}
    values |= {name: Setting(environ[v], v) for name, v in VARIABLES.items() if environ.get(v)}
    values |= {name: Setting(value, f"--{name}") for name, value in options.items() if value}
    config = Path(values["home"].value) / CONFIG
    return {name: Setting(value, str(config)) for name, value in read_config(config).items()} | values


def read_config(path: Path) -> dict[str, str]:
    """The settings of a config.toml, nothing when there is none."""
    if not path.exists():
        return {}
    import tomllib  # its regular expressions take milliseconds, which most starts can do without

    from domain.cpr import refuse_personal_numbers

    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{path} cannot be read: {fault}") from fault
    refuse_personal_numbers("\n".join(written))  # values are looked at with those of other sources
    unknown = sorted(set(written) - set(VARIABLES))
    if unknown:
        raise SettingsFault(f"{path} has settings nobody knows: {', '.join(unknown)}. Known: {', '.join(VARIABLES)}.")
    return {name: str(value) for name, value in written.items()}
