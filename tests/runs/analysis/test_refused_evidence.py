from types import SimpleNamespace

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.nets.base import build
from kdviz.runs.analysis.opened_run import evidence
from kdviz.training.network_input import NetworkInput
from kdviz.training.recipe import Recipe
from tests.conftest import bumps


def opened(*roles: str) -> SimpleNamespace:
    """A run of untrained networks: a signal teacher, and a fusion student where asked."""
    data = bumps(12)
    seen = NetworkInput(data, Recipe(data.sha256, views={"signal": {}, "gaf": {}}))
    made = {
        "teacher.signal": build("signal", "tiny", ("signal",), seen.shapes, 2),
        "student": build("fusion", "tiny", ("signal", "gaf"), seen.shapes, 2),
    }
    networks = {role: made[role].eval() for role in roles}
    return SimpleNamespace(data=data, input=lambda net: seen, networks=networks)


def test_an_extractor_that_refuses_one_network_still_shows_the_others() -> None:
    run, series = opened("teacher.signal", "student"), np.array([0, 3])
    assert set(evidence(run, "deeplift", series, None)) == {"teacher.signal"}  # type: ignore[arg-type]
    found = evidence(run, "cross_attention", series, None)  # type: ignore[arg-type]
    assert set(found) == {"student"} and found["student"].times["gaf"].shape == (2, 40)
    assert set(evidence(run, "cam", series, None)) == {"teacher.signal", "student"}  # type: ignore[arg-type]


def test_an_extractor_that_refuses_every_network_says_why() -> None:
    with pytest.raises(UserError, match="Only a fusion student"):
        evidence(opened("teacher.signal"), "cross_attention", np.array([0]), None)  # type: ignore[arg-type]
