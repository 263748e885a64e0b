"""Where networks train: the processor unless a card is asked for, and the record says which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from kdviz.cli import main
from kdviz.core.errors import UserError
from kdviz.core.files import write_json
from kdviz.runs.store.run import DEVICE, Run, make
from kdviz.training import device
from kdviz.training.device import WISH, device_for, wished
from kdviz.training.recipe import Recipe
from tests.conftest import bumps
from tests.runs.worker.test_runs import answer, asked, done
from tests.training.card_proxy import card

SHAPES = {"signal": (1, 150), "gaf": (2, 48, 48)}


def asked_on(where: str, **more: object) -> Run:
    """A run with teacher and control that asks for a device; its recipe is the same wherever."""
    run = asked(bumps(), epochs=2, **{"teacher.epochs": 2, "control": True, **more})
    return make(run.recipe, "bumps", {}, device=where)


def test_a_card_that_is_not_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "sees_card", lambda: False)
    words = ["distill", "sample:gunpoint", "--device", "cuda", "--out", str(tmp_path / "run")]
    assert main(words) == 2 and "torch sees no graphics card here" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    with pytest.raises(UserError, match="allowed is one of cpu, auto, cuda"):
        wished("tpu")
    assert (done(asked_on("cuda"), bumps()).final or {})["sentence"] == device.NO_CARD


def test_auto_takes_a_card_for_a_network_that_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Recipe("d", architecture="tiny")
    large = replace(small, teachers=(Recipe("d", student="gaf", sees=("gaf",), architecture="resnet-16"),))
    monkeypatch.setattr(device, "sees_card", lambda: True)
    found = [device_for(w, r, SHAPES, 2).type for w in device.DEVICES for r in (small, large)]
    assert found == ["cpu", "cpu", "cpu", "cuda", "cuda", "cuda"]
    monkeypatch.setattr(device, "sees_card", lambda: False)
    assert device_for("auto", large, SHAPES, 2).type == "cpu"
    monkeypatch.setenv(WISH, "auto")
    assert wished() == "auto" and wished("cpu") == "cpu"


def test_a_device_is_in_the_record_and_in_no_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    here = done(asked_on("cpu"), bumps())
    said, bits = here.final or {}, answer(here)
    assert said["device"] == "cpu" and "card" not in said and here.request[DEVICE] == here.device == "cpu"
    monkeypatch.setenv("KDVIZ_HOME", f"{here.folder.parents[1]}-other")
    with card(monkeypatch):
        there = done(asked_on("cuda"), bumps())
    said = there.final or {}
    assert (said["device"], said["card"], there.folder.name) == ("cuda", "a stand-in", here.folder.name)
    request = {name: value for name, value in there.request.items() if name != DEVICE}
    write_json(there.folder / "request.json", request)
    assert there.device == "cuda"  # what nobody asked for by name, as KDVIZ_DEVICE does not, stands in the record
    assert answer(there) == bits  # every tensor found the others where it was, and all else is arithmetic


def test_a_run_trains_on_a_card_where_there_is_one() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA here: torch sees no card")
    run = done(asked_on("cuda"), bumps())
    said = run.final or {}
    assert said["device"] == "cuda" and said["card"] and said["accuracy"]["train"] > 0
