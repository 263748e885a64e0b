"""Your own two networks: looked at, told beside chance and control, left as they were; and the run they leave."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import kdviz
from kdviz.commands.report import one
from kdviz.core.errors import FileError, UserError
from kdviz.core.files import fingerprint
from kdviz.core.named_values import to_named
from kdviz.live.record_maker import NO_CONTROL
from kdviz.live.view import View
from kdviz.report.page import MOST_BYTES
from kdviz.runs.analysis.evidence_match import match
from kdviz.runs.analysis.fidelity import fidelity_of
from kdviz.runs.analysis.frequency_content import frequency
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.analysis.series_evidence import board
from kdviz.runs.archive.archive import pack, unpack
from kdviz.runs.comparison.compare import comparison
from kdviz.runs.looker.functions import answered
from kdviz.runs.recorded.record import FILE, read, to_bytes
from kdviz.runs.store.home import at
from kdviz.runs.store.run import Run, by_identity
from kdviz.runs.store.run_table import row
from tests.conftest import bumps
from tests.live.modules import FCN, Recurrent, ResNet, plane, state_of, unchanged
from tests.lookable import Lookable

DATA = bumps(36, 2, 40, 3)
QUICK: dict[str, Any] = {"extractors": ("cam", "saliency"), "probe": 6, "rate": 20.0}


def three() -> tuple[nn.Module, nn.Module, nn.Module]:
    """A teacher in a state of its own, a student that has a gradient, and a control."""
    torch.manual_seed(5)
    teacher, student, control = FCN(), ResNet(), ResNet()
    teacher.train()
    teacher.body[1].eval()
    teacher.fc.weight.requires_grad_(False)
    student(torch.randn(4, 2, 40)).sum().backward()
    student.eval()
    return teacher, student, control


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="module")
def seen(home: Path) -> View:
    """One look with control and test series, into a home of its own."""
    teacher, student, control = three()
    with at(home):
        return kdviz.compare(
            teacher, student, DATA.X, DATA.y, control=control, test=DATA.test, groups=np.arange(36) // 4 % 3,
            classes="abc", name="<b>mine</b>", **QUICK,
        )  # fmt: skip


@pytest.fixture(scope="module")
def logged(home: Path) -> View:
    """Three epochs of a training, recorded; the control stands still."""
    teacher, student, control = three()
    learning = torch.optim.SGD(student.parameters(), 0.05)
    x, y = torch.from_numpy(DATA.X), torch.from_numpy(DATA.y)
    with at(home), kdviz.Recorder(teacher, student, DATA.X, DATA.y, control=control, test=DATA.test, **QUICK) as log:
        for epoch in (1, 2, 5):
            student.train()
            loss = nn.functional.cross_entropy(student(x), y)
            loss.backward()
            learning.step()
            log.epoch(epoch, loss=loss, accuracy=0.5, rate=0.05)
            assert student.training
    return log.view


def asked(home: Path, view: View, question: str, **given: Any) -> Any:
    """What a page is told."""
    with at(home):
        return answered(question, {"run": view.run.name, **given})


def test_a_look_changes_nothing_of_what_it_looks_at() -> None:
    every = three()
    before, numbers = [state_of(each) for each in every], (torch.get_rng_state(), np.random.get_state()[1].tolist())
    own = random.getstate()
    kdviz.compare(
        every[0], every[1], DATA.X[:12], DATA.y[:12], control=every[2], probe=2, extractors=("cam", "deeplift")
    )
    with pytest.raises(UserError, match="no extractor 'camm'"):
        kdviz.compare(every[0], every[1], DATA.X[:12], DATA.y[:12], extractors=("camm",))
    with kdviz.Recorder(every[0], every[1], DATA.X[:12], DATA.y[:12], probe=2, extractors=("cam",)) as log:
        log.epoch(0)
    assert all(unchanged(state_of(each), was) for each, was in zip(every, before, strict=True))
    assert torch.equal(torch.get_rng_state(), numbers[0]) and np.random.get_state()[1].tolist() == numbers[1]
    assert random.getstate() == own


class Counts(FCN):
    """Counts in a buffer what it sees, cuts its gradient, and names its answer among others."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(1))

    @torch.no_grad()
    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        self.seen += len(x)
        return {"features": x, "logits": super().forward(x)}


def test_a_module_that_counts_keeps_its_count_and_one_that_cuts_gradients_says_so() -> None:
    teacher, before = Counts(), state_of(Counts())[1]
    found = kdviz.compare(
        teacher, torch.compile(FCN().double()), DATA.X, DATA.y, probe=2, extractors=("cam", "saliency")
    )
    assert teacher.seen.item() == 0 and len(before) == len(state_of(teacher)[1])
    assert "no gradient reaches its input" in found.numbers["refused"]["saliency"]["teacher.signal"]


def test_every_number_stands_beside_chance_and_control(seen: View) -> None:
    numbers = json.loads(json.dumps(seen.numbers))
    each = numbers["match"]["cam"]["signal"]["pearson"]
    assert {"value", "low", "high"} <= set(each["match"]) and each["chance"]["value"] is not None
    assert each["control"] is not None and each["ets"] is not None and numbers["accuracy"].keys() >= {"student"}
    assert (
        np.array(numbers["cka"]["signal"]["unbiased"]).shape == (3, 3) and "agreement" in numbers["fidelity"]["signal"]
    )


def test_one_that_is_made_of_another_is_recorded_under_its_name(home: Path) -> None:
    names = ("noise_tunnel:saliency", "lrp", "gradcam:0")
    with at(home):
        found = kdviz.compare(FCN(), ResNet(), DATA.X[:9], DATA.y[:9], probe=2, extractors=names)
    assert list(found.record.extractors) == ["noise_tunnel:saliency", "lrp", "gradcam"]
    assert found.record.extractors[names[0]].title == "SmoothGrad of saliency"
    assert list(found.numbers["refused"]) == ["lrp"] and "sums" in found.numbers["refused"]["lrp"]["student"]


def test_without_a_control_it_is_said_and_transfer_is_not_invented() -> None:
    found = kdviz.compare(FCN(), Recurrent(), DATA.X, DATA.y, probe=3, extractors=("cam", "saliency"))
    numbers = found.numbers
    each = numbers["match"]["saliency"]["signal"]["pearson"]
    assert each["control"] is None and each["ets"] is None and NO_CONTROL in numbers["lacks"]
    assert "cam" not in numbers["match"] and "student" in numbers["refused"]["cam"]
    assert any("recurrent layer" in sentence for sentence in numbers["lacks"]) and "no control" in found.html()


def test_several_teachers_see_what_they_are_given() -> None:
    images = torch.randn(36, 2, 20, 20)
    gaf = kdviz.modality("gaf", size=20)
    found = kdviz.compare(
        {"radar": plane(), "gaf": plane(4), "big": FCN()}, ResNet(), DATA.X, DATA.y, inputs={"radar": images},
        views={"gaf": gaf}, time_axis={"radar": -1}, probe=2, extractors=("cam",),
    )  # fmt: skip
    roles = found.record.networks.roles
    assert list(roles) == ["teacher.radar", "teacher.gaf", "teacher.big", "student"]
    assert {role: facts.modalities for role, facts in roles.items()}["teacher.radar"] == ("radar",)
    np.testing.assert_array_equal(found.record.views["radar"], images[found.record.series].numpy())
    maps = found.record.extractors["cam"].asked["true"]
    assert maps["teacher.radar"].times["radar"].shape == (2, 40) and maps["teacher.gaf"].maps["gaf"].ndim == 3
    still = kdviz.compare(plane(), FCN(), DATA.X, DATA.y, inputs={"teacher": images}, probe=2, extractors=("cam",))
    assert not still.record.extractors["cam"].asked["true"]["teacher.image"].times  # no axis is said to be time
    assert still.record.cutoffs is None and not still.numbers["match"]["cam"]["image"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "shape": ({"X": DATA.X[0]}, r"shape \(series, channels, samples\)"),
    "finite": ({"X": np.full((4, 2, 40), np.nan, np.float32)}, "no finite value"),
    "labels": ({"y": DATA.y[:5]}, "one label for each"),
    "classes": ({"y": DATA.y + 1}, "classes 0 to 2"),
    "names": ({"y": np.array(["up"] * 36), "classes": ("a", "b", "c")}, "'up', which is none of the classes"),
    "file": ({"teacher": "teacher.pt"}, "A model file is not opened here"),
    "network": ({"student": FCN(2, 4)}, "different numbers of logits"),
    "view": ({"views": {"tutor": "gaf"}}, "views= names 'tutor', and the networks are teacher, student"),
    "logit": ({"teacher": FCN(2, 1), "student": FCN(2, 1)}, "one for each class is needed"),
    "lazy": ({"student": nn.Sequential(nn.Flatten(), nn.LazyLinear(3))}, "takes its size from a first batch"),
    "nowhere": ({"out": "/proc/none", "extractors": "cam", "probe": 1}, "name a folder that can be written"),
    "by name": ({"inputs": DATA.X}, "inputs= is a ndarray; allowed is a dict by network: teacher, student"),
    "unreadable": ({"student": FCN(3)}, "cannot read"),
    "test": ({"test": [0, 99]}, "from 0 to 35"),
    "probe": ({"probe": 0}, "whole number from 1 to 256"),
    "called": ({"teacher": {"student": FCN()}}, "A teacher cannot be called 'student'"),
    "axis": ({"inputs": {"teacher": np.zeros((36, 2, 20, 20))}, "teacher": plane(), "time_axis": 1}, "it is 2 or 3"),
    "count": ({"inputs": {"teacher": np.zeros((3, 2, 20, 20))}, "teacher": plane()}, "one input for each series"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_answered_in_a_sentence(what: str) -> None:
    given, said = WRONG[what]
    usual = {"teacher": FCN(), "student": FCN(), "X": DATA.X, "y": DATA.y}
    with pytest.raises(UserError, match=said):
        kdviz.compare(**{**usual, **given})


def test_a_page_is_told_of_the_run_what_was_recorded_and_in_words_what_was_not(home: Path, seen: View) -> None:
    networks = asked(home, seen, "networks")
    assert list(networks.roles) == ["teacher.signal", "student", "control"] and networks.epochs == ()
    assert networks.rows == ("cam", "saliency")  # what the board opens with
    probability = asked(home, seen, "predictions").probability
    assert probability["student"].shape == (DATA.test.size, 3)
    probe = int(seen.record.series[0])
    shown = asked(home, seen, "board", extractors=["cam", "occlusion"], series=probe, target=int(DATA.y[probe]))
    assert shown.extractors["cam"].networks["student"].times["signal"].shape == (40,)
    assert "was not recorded" in shown.extractors["occlusion"].refused["student"]
    np.testing.assert_array_equal(shown.raw, DATA.X[probe])
    np.testing.assert_array_equal(shown.views["student"]["signal"], DATA.X[probe])
    assert shown.spectra["teacher.signal"]["signal"].cycles.size == 20
    assert asked(home, seen, "film", extractors=["cam"], series=probe, target=0).epochs == ()
    other = asked(home, seen, "board", extractors=["cam"], series=probe, target=int(DATA.y[probe] + 1) % 3)
    assert "what_if=True" in other.extractors["cam"].refused["student"]
    for question, given, said in (
        ("board", {"extractors": ["cam"], "series": int(DATA.train[0]), "target": 0}, "record more with probe="),
        ("board", {"extractors": ["cam"], "series": probe, "target": 0, "change": {}}, "changed series cannot be told"),
        ("deletion", {"extractor": "cam", "role": "student", "baseline": "zero", "many": 8}, "what_if=True"),
        ("randomisation", {"extractor": "cam", "role": "student"}, "what_if=True"),
        ("snapshots", {"extractor": "cam"}, "kdviz.Recorder records a training"),
        ("match", {"extractor": "lime"}, "recorded were cam, saliency"),
        ("method_maps", {"series": probe}, "were not recorded"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=said):
            asked(home, seen, question, **given)
    found = asked(home, seen, "match", extractor="cam", extractors=2)
    assert found.grouped and found.comparisons == 2 * len(found.teachers["signal"])
    assert asked(home, seen, "fidelity").splits["test"].series == DATA.test.size
    assert asked(home, seen, "frequency", series=probe).spectra["student"]["signal"].power.shape == (40,)
    last = min(facts.stages for facts in networks.roles.values()) - 1  # what the page asks for
    assert asked(home, seen, "frequency", series=probe, stage=last).spectra.keys() == networks.roles.keys()
    with pytest.raises(UserError, match=r"not of stage 1\. Choose the last"):
        asked(home, seen, "frequency", series=probe, stage=0)
    assert (
        asked(home, seen, "cutoffs").low["control"].size
        and asked(home, seen, "coherence", extractor="cam", teacher="signal").series
    )
    assert asked(home, seen, "measures").evidence["signal"]["match"] is not None


def test_with_what_if_other_classes_and_checks_are_there(home: Path) -> None:
    with at(home):
        found = kdviz.compare(FCN(), ResNet(), DATA.X[:15], DATA.y[:15], what_if=True, probe=2, extractors=("cam",))
    probe = int(found.record.series[0])
    shown = asked(home, found, "board", extractors=["cam"], series=probe, target=int(DATA.y[probe] + 1) % 3)
    assert "student" in shown.extractors["cam"].networks
    assert asked(home, found, "match", extractor="cam", target="predicted").asked.size
    assert asked(home, found, "deletion", extractor="cam", role="student", baseline="zero", many=8).deletion.size
    assert asked(home, found, "randomisation", extractor="cam", role="student").modalities["signal"].value is not None


def test_a_recorded_training_is_looked_back_at_epoch_by_epoch(home: Path, logged: View) -> None:
    assert asked(home, logged, "networks").epochs == (1, 2, 5)
    shots = asked(home, logged, "snapshots", extractor="cam")
    assert shots.epochs == (1, 2, 5) and shots.arrays["student/signal"].shape[1] == 3 and "match/signal" in shots.arrays
    assert "control_match/signal" in shots.arrays
    probe = int(logged.record.series[1])
    of = {
        e: asked(
            home, logged, "board", extractors=["cam", "saliency"], series=probe, target=int(DATA.y[probe]), epoch=e
        )
        for e in (1, 5)
    }
    first, last = (each.extractors["cam"].networks["student"].times["signal"] for each in of.values())
    assert not np.allclose(first, last)
    now = logged.record.extractors["cam"].asked["true"]["student"].times["signal"][1]
    np.testing.assert_allclose(last, now, atol=1e-6)  # the last epoch is the student as it is
    assert "only one extractor" in of[1].extractors["saliency"].refused["student"]
    film = asked(home, logged, "film", extractors=["cam", "saliency"], series=probe, target=int(DATA.y[probe]))
    np.testing.assert_array_equal(film.maps["cam"]["student"]["signal"][[0, 2]], [first, last])
    assert film.maps["saliency"] == {} and film.probability["control"].shape == (3, 3)
    over = asked(home, logged, "fidelity").by_epoch
    assert over.epochs.tolist() == [1, 2, 5] and over.accuracy["student"].size == over.accuracy["control"].size == 3
    told = [e for e in Run(logged.run).events() if e["event"] == "epoch"]
    assert (
        [e["epoch"] for e in told] == [1, 2, 5]
        and told[0]["accuracy"] == {"validation": 0.5}
        and told[0]["losses"]["loss"] > 0
    )


def test_an_epoch_is_logged_once_with_numbers_and_an_error_keeps_what_was_logged() -> None:
    log = kdviz.Recorder(FCN(), ResNet(), DATA.X[:9], DATA.y[:9], probe=2, extractors=("cam",))
    with pytest.raises(ZeroDivisionError), log:
        log.epoch(1)
        for given, said in (
            ({"epoch": 1}, "each later; the last was 1"),
            ({"epoch": 2, "loss": "high"}, "must be numbers"),
            ({"epoch": 2, "accuracy": 90}, "from 0 to 1"),
        ):
            with pytest.raises(UserError, match=said):
                log.epoch(**given)
        raise ZeroDivisionError
    assert log.view.record.networks.epochs == (1,)
    with pytest.raises(UserError, match="when the block has ended"):
        _ = kdviz.Recorder(FCN(), ResNet(), DATA.X[:9], DATA.y[:9]).view


def test_the_run_is_data_only_and_travels_whole(home: Path, seen: View, logged: View, own_home: Path) -> None:
    names = {path.name for path in logged.run.iterdir()}
    assert names == {"request.json", "events.jsonl", "final.json", "measured.json", "about.json", FILE}
    packed = io.BytesIO()
    with at(home):
        pack(Run(logged.run), packed, with_data=True)
    here, new = unpack(packed.getvalue())
    assert new and here.identity == logged.run.name
    assert to_bytes(read(here)) == to_bytes(logged.record)
    assert row(here)["kind"] == "recorded" and row(here)["parents"] == {}
    with pytest.raises(UserError, match="stayed there"):
        open_for_looking(here)
    with at(home):
        both = comparison([Run(seen.run), Run(logged.run)])
        assert both.places and "<b>mine</b>" not in one(by_identity(seen.run.name)).html()
    with zipfile.ZipFile(packed) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    other = replace(logged.record, predictions=replace(logged.record.predictions, probability={"student": np.ones(3)}))
    for content, said in ((b"nothing", "altered"), (to_bytes(other), "altered")):
        with pytest.raises(FileError, match=said):
            unpack(sealed({**parts, FILE: content}))
    forged = json.loads(parts["request.json"])
    forged["recipe"]["knobs"]["record"] = fingerprint(to_bytes(other))[:32]
    with pytest.raises(UserError):
        unpack(sealed({**parts, FILE: to_bytes(other), "request.json": json.dumps(forged).encode()}))


def sealed(parts: dict[str, bytes]) -> bytes:
    """An archive that says of these parts that they are its own."""
    held, file = {n: c for n, c in parts.items() if n != "kdviz-run.json"}, io.BytesIO()
    manifest = json.loads(parts["kdviz-run.json"]) | {"files": {name: fingerprint(each) for name, each in held.items()}}
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in {"kdviz-run.json": json.dumps(manifest).encode(), **held}.items():
            zipped.writestr(name, content)
    return file.getvalue()


def test_the_report_is_one_small_file_that_a_notebook_shows_in_a_frame(tmp_path: Path, logged: View) -> None:
    page = logged.save(tmp_path / "view.html").read_text()
    assert len(page.encode()) < MOST_BYTES and "default-src 'none'" in page and 'data-drawing="scrubber"' in page
    shown = logged._repr_html_()
    assert shown.startswith("<iframe") and shown.count("<") == 2 and "allow-same-origin" not in shown
    with pytest.raises(UserError, match="cannot be written"):
        logged.save(tmp_path / "none" / "view.html")


@pytest.mark.parametrize("which", ["fam", "ebkd"])
def test_on_networks_of_kdviz_it_tells_what_the_runs_page_tells(lookable: Lookable, own_home: Path, which: str) -> None:
    lookable.copied(own_home)
    opened = open_for_looking(by_identity(getattr(lookable, which)))
    nets, data, held = opened.networks, opened.data, opened.inputs["student"].modalities
    teachers = {role.removeprefix("teacher."): net for role, net in nets.items() if role.startswith("teacher.")}
    names, every = ("cam", "gradcam") if which == "fam" else ("cam",), [*teachers, "student"]
    live = kdviz.compare(
        teachers, nets["student"], data.X, data.y, control=nets.get("control"), views=dict.fromkeys(every, held),
        test=data, extractors=names, probe=4,
    )  # fmt: skip
    assert live.data.sha256 == data.sha256  # so Compare lays them beside one another
    for name in names:
        theirs, ours = match(opened, name), live.record.matches[name]["true"]
        assert theirs.teachers.keys() == ours.teachers.keys() and theirs.teachers
        for teacher, measures in theirs.teachers.items():
            for measure, each in measures.items():
                np.testing.assert_allclose(ours.teachers[teacher][measure].each, each.each, atol=1e-6)
                assert ours.teachers[teacher][measure].numbers == each.numbers
    probe = int(live.record.series[0])
    page = board(opened, probe, data.X[[probe]], names, int(data.y[probe]), None)
    for role, probability in page.probability.items():
        row_ = int(np.flatnonzero(data.test == probe)[0])
        np.testing.assert_allclose(live.record.predictions.probability[role][row_], probability, atol=1e-6)
    with at(own_home):
        mine, page_ = asked(own_home, live, "fidelity"), fidelity_of(opened)
        spectra = asked(own_home, live, "frequency", series=probe).spectra, frequency(opened, probe).spectra
    same(mine.splits["test"], page_.splits["test"])
    same(mine.layers, page_.layers)
    same(*spectra)
    same(live.record.spectra[str(probe)], page.spectra)


def same(ours: Any, theirs: Any) -> None:
    """Every number within 1e-6, everything else equal."""
    (words, arrays), (theirs_, others) = to_named(ours), to_named(theirs)
    assert arrays.keys() == others.keys() and _rounded(words) == _rounded(theirs_)
    for name, each in arrays.items():
        np.testing.assert_allclose(each, others[name], atol=1e-6, rtol=1e-6)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return pytest.approx(value, abs=1e-6, rel=1e-6) if isinstance(value, float) else value
