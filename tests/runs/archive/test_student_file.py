"""The student leaves alone: as ONNX where that can be written, as safetensors with a page of Python; both checked."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kdviz.cli import main
from kdviz.modalities.base import modality
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.archive import student_file
from kdviz.runs.store.run import by_identity
from tests.lookable import Lookable

HERE = all(importlib.util.find_spec(name) for name in student_file.EXTRA)


def test_a_page_of_python_makes_the_student_of_its_weights(
    lookable: Lookable, own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lookable.copied(own_home)
    opened = open_for_looking(by_identity(lookable.fam))
    assert main(["export", lookable.fam, "--safetensors", str(tmp_path / "mine.safetensors")]) == 0
    assert len((tmp_path / "mine.py").read_text().splitlines()) <= 30
    series = opened.data.test[:5]
    np.save(tmp_path / "view.npy", opened.inputs["student"].views(series, names=("signal",))["signal"].numpy())
    say = "import json, mine, numpy, torch; x = torch.from_numpy(numpy.load('view.npy')); "
    say += "print(json.dumps([mine.net(x).tolist(), mine.classes]))"
    done = subprocess.run([sys.executable, "-c", say], cwd=tmp_path, capture_output=True, text=True, check=True)
    logits, classes = json.loads(done.stdout)
    np.testing.assert_allclose(logits, opened.logits("student", series), atol=1e-5)
    assert classes == list(opened.data.classes)
    assert main(["export", lookable.ebkd, "--safetensors", str(tmp_path / "two.safetensors")]) == 2
    assert "take ONNX" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["train", "window", "none"])
def test_raw_series_pass_the_scale_that_the_signals_view_has(how: str) -> None:
    rng = np.random.default_rng(0)
    series = (rng.normal(size=(5, 2, 30)) * [[3], [100]] + [[7], [-2000]]).astype(np.float32)
    series[2, 1] = 4.0  # never changes
    seen = modality("signal", standardise=how)
    seen.fit(series)
    whole = student_file.FromSeries(torch.nn.Identity(), seen)
    np.testing.assert_allclose(whole(torch.from_numpy(series)).numpy(), seen.see(series), atol=1e-6)


def test_without_the_optional_packages_it_says_what_to_install(
    lookable: Lookable,
    own_home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookable.copied(own_home)
    monkeypatch.setattr(student_file.importlib.util, "find_spec", lambda name: None)
    assert main(["export", lookable.fam, "--onnx", str(tmp_path / "student.onnx")]) == 2
    assert "pip install onnx onnxscript onnxruntime" in capsys.readouterr().err
    assert main(["export", lookable.fam]) == 2 and "--onnx" in capsys.readouterr().err


@pytest.mark.skipif(not HERE, reason="onnx, onnxscript and onnxruntime are not installed here")
@pytest.mark.parametrize("which", ["fam", "ebkd"])
def test_onnx_answers_as_torch_for_any_number_of_series(
    lookable: Lookable, own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    lookable.copied(own_home)
    place = tmp_path / "student.onnx"
    assert main(["export", getattr(lookable, which), "--onnx", str(place), "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert said["parity"] < 1e-5 and said["series"] > 1 and place.stat().st_size == said["bytes"]
    import onnx
    import onnxruntime

    words = {entry.key: entry.value for entry in onnx.load(place).metadata_props}
    if which == "fam":  # of the signal alone: raw series in, however many
        opened = open_for_looking(by_identity(lookable.fam))
        file, some = onnxruntime.InferenceSession(str(place)), opened.data.test[:3]
        (logits,) = file.run(None, {"series": opened.data.X[some]})
        np.testing.assert_allclose(logits, opened.logits("student", some), atol=1e-5)
        assert "as they were measured" in words["input"]
    else:
        assert "as kdviz draws them" in words["input"]
    assert json.loads(words["classes"]) == ["0", "1"] and json.loads(words["channels"]) == ["channel 0"]
