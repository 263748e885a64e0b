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

from kdviz.cli import main
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

    words = {entry.key: entry.value for entry in onnx.load(place).metadata_props}
    assert json.loads(words["classes"]) == ["0", "1"] and json.loads(words["channels"]) == ["channel 0"]
