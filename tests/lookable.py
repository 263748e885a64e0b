"""Two small finished runs to look at, trained once a session: one with own maps and attention, one with a filter."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps

SETTINGS = {"teacher.epochs": 6, "gaf.size": 16, "budget": "quick"}


@dataclass(frozen=True)
class Lookable:
    """A home with finished runs, and their identities: `ebkd` with a fusion student, `fam` with a signal student."""

    home: Path
    ebkd: str
    fam: str

    def copied(self, home: Path) -> Lookable:
        """The same in another home."""
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        return Lookable(home, self.ebkd, self.fam)


def trained(home: Path) -> Lookable:
    """Train both; the second finds the teachers of the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(home))
        data, found = bumps(), {}
        keep(data)
        remembered()
        for method, student in (("ebkd", "fusion"), ("fam", "signal")):
            recipe = recipe_for(data, Choices(method, ("signal", "gaf"), student, epochs=6), SETTINGS)
            run = make(recipe, data.name, dict(data.source))
            assert bring(run.folder) == 0, run.final
            found[method] = run.folder.name
    return Lookable(home, **found)
