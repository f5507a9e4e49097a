"""Homes to measure in: a generated campaign, imported with the installed command and with warm read models."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.model import FIRST, LAST, SLUG, write_campaign
from benchmarks.timing import Took, campaign, run


@dataclass(frozen=True)
class Bench:
    """A folder with the files of a campaign ``times`` the model's size, and a home they are imported into."""

    folder: Path
    times: float

    @property
    def files(self) -> Path:
        """The CSV files."""
        return self.folder / f"files-{self.times:g}"

    @property
    def home(self) -> Path:
        """The home."""
        return self.folder / f"home-{self.times:g}"

    @property
    def variables(self) -> dict[str, str]:
        """What a consultant there has set."""
        names = {"HOME": str(self.home), "OFFICE": "306", "CONSULTANT": "abcd", "SLUG": SLUG}
        return {f"CAMPAIGN_{name}": value for name, value in names.items()}

    def write(self) -> None:
        """Writes the files."""
        write_campaign(self.files, self.times)

    def companies(self, count: int) -> list[str]:
        """The CVR numbers of some companies of the campaign."""
        with (self.files / "companies.csv").open(encoding="utf-8") as file:
            return [row["cvr"] for row in islice(csv.DictReader(file, delimiter=";"), count)]

    def call(self, number: str) -> Took:
        """One call logged, as a consultant does it, on a day of the campaign."""
        return self.do("call", number, "no-answer", "--at", "2012-11-12", terminal=True)

    def begin(self) -> None:
        """Makes the home anew, with the campaign planned and nothing in it."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.do("init")
        self.do("plan", SLUG, "--title", "Luk op", "--from", FIRST, "--to", LAST)

    def do(self, *words: str, terminal: bool = False) -> Took:
        """One command in the home."""
        return run(campaign(*words), self.variables, terminal)

    def size(self, name: str) -> float:
        """The size of one of the home's files in MB."""
        return (self.home / name).stat().st_size / 2**20
