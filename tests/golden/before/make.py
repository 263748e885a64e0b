"""Made the files beside it with the kdviz of 2fb5997: python tests/golden/before/make.py CHECKOUT.

Real runs, small; what that kdviz printed of them; the links that its pages wrote; its recipes' identities. To make
them again takes that checkout, since a newer kdviz only has to open them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
SMALL = ["teacher.architecture=tiny", "teacher.epochs=3", "gaf.size=16", "persistence.resolution=16"]
OWN = ["--label", "state", "--hz", "20"]
READ = ["data.test=0.4"]
LONG = 24


def main(checkout: Path) -> None:
    """Everything, into this folder."""
    with tempfile.TemporaryDirectory(prefix="kdviz-before-") as place:
        old = Old(checkout, Path(place))
        file = own_file(HERE / "walk.csv")
        runs = old.train(file)
        pack(old.home, HERE / "home.tar.xz")
        write("runs.json", runs)
        write("said.json", old.said(runs))
        write("recipes.json", old.child(RECIPES))
        write("links.json", old.child(LINKS, json.dumps(runs)))
        old.demo(HERE / "demo.npz")
        for each in HERE.iterdir():
            each.chmod(0o644)


def own_file(path: Path) -> Path:
    """48 series of 40 samples, a slow or a quick ripple, as a person's table has them."""
    rng = np.random.default_rng(7)
    lines = [",".join(["state", *(f"t{i}" for i in range(40))])]
    for number in range(48):
        quick = number % 2
        t = np.arange(40) - rng.uniform(12, 28)
        values = 3 * np.exp(-(t**2) / 30) * np.cos(t * (1.4 if quick else 0.3)) + 0.3 * rng.standard_normal(40)
        lines.append(",".join(["run" if quick else "walk", *(f"{v:.4f}" for v in values)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def write(name: str, what: Any) -> None:
    """As JSON, one line for each entry."""
    entries = what.items() if isinstance(what, dict) else ((None, each) for each in what)
    lines = [
        ("" if key is None else f"{json.dumps(key)}: ") + json.dumps(each, sort_keys=True) for key, each in entries
    ]
    first, last = "{}" if isinstance(what, dict) else "[]"
    (HERE / name).write_text(first + "\n" + ",\n".join(lines) + "\n" + last + "\n")


def pack(folder: Path, path: Path) -> None:
    """A folder as one file, without locks; times stay, since runs are listed by them. xz sees what lies there twice."""
    with tarfile.open(path, "w:xz", preset=9) as tar:
        for each in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "lock"):
            about = tarfile.TarInfo(str(each.relative_to(folder)))
            about.size, about.mode, about.mtime = each.stat().st_size, 0o644, each.stat().st_mtime
            with each.open("rb") as file:
                tar.addfile(about, file)


class Old:
    """The kdviz of before, asked in processes of its own."""

    def __init__(self, checkout: Path, place: Path) -> None:
        self.checkout, self.place, self.home = checkout, place, place / "home"
        self.env = {**os.environ, "KDVIZ_HOME": str(self.home), "OMP_NUM_THREADS": "1"}

    def ask(self, *words: str) -> list[Any]:
        """The JSON values that a command prints."""
        done = subprocess.run([sys.executable, "-m", "kdviz", *words, "--json"], cwd=self.checkout, env=self.env,
                              capture_output=True, text=True, check=False)  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{words}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def child(self, script: str, *words: str) -> Any:
        """The JSON value that a script of ours prints last."""
        done = subprocess.run([sys.executable, "-c", script, *words], cwd=self.checkout, env=self.env,
                              capture_output=True, text=True, check=False)  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr)
        print(*(line for line in done.stderr.splitlines() if line.startswith("not kept")), sep="\n", file=sys.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def in_home(self, *words: str) -> str:
        """Train a run and put it where the app keeps runs; its identity."""
        folder = self.place / "one"
        self.ask("distill", *words, "--out", str(folder))
        return self.adopted(folder)

    def adopted(self, folder: Path) -> str:
        """A run's directory moved into the home; its identity."""
        identity = str(self.child(IDENTITY, str(folder)))
        shutil.move(folder, self.home / "runs" / identity)
        return identity

    def train(self, file: Path) -> dict[str, Any]:
        """A finished run of a sample, one of a fusion method on an own file, a half run, a stopped one, a sweep."""
        quick = ["--epochs", "4", "--set", *SMALL]
        own = [str(file), *OWN, "--set", *READ]
        found: dict[str, Any] = {
            "aver": self.in_home("sample:gunpoint", "--method", "aver", *quick),
            "camkd": self.in_home(*own, "--method", "camkd", "--student", "fusion", "--teachers", "gaf", *quick),
            "fam1d": self.in_home(*own, "--method", "fam1d", "--teachers", "signal", *quick),
        }
        longer = ["sample:gunpoint", "--method", "kd", "--teachers", "signal", "--epochs", str(LONG), "--set", *SMALL]
        for name, seed, kill in (("cut_off", "1", True), ("stopped", "2", False)):
            folder = self.place / name
            self.half([*longer, "--seed", seed, "--out", str(folder)], folder, kill)
            whole = self.place / f"{name} whole"
            shutil.copytree(folder, self.place / "kept")
            final = self.ask("again", str(folder))[-1]  # what this kdviz makes of it, in a copy
            shutil.copy(folder / "model-last.safetensors", HERE / f"{name}.safetensors")
            shutil.move(folder, whole)
            shutil.move(self.place / "kept", folder)
            found[name] = {"run": self.adopted(folder), "accuracy": final["accuracy"], "choices": final["choices"]}
        sweep = ["sweep", "sample:gunpoint", "--methods", "kd", "--seeds", "0,1", "--teachers", "signal",
                 "--workers", "1", "--epochs", "3", "--set", *SMALL]  # fmt: skip
        found["sweep"] = Path(self.ask(*sweep)[-1]["folder"]).name
        self.ask("export", found["fam1d"], "--with-data", "--without-epochs", "--out", str(HERE / "fam1d.kdviz.zip"))
        found["walk"] = self.ask("inspect", str(file), *OWN, "--set", "test=0.4")[0]["sha256"]
        return found

    def half(self, words: list[str], folder: Path, kill: bool) -> None:
        """Train and, at the student's sixth epoch, kill the worker or ask it to stop."""
        worker = subprocess.Popen([sys.executable, "-m", "kdviz", "distill", *words, "--json"], cwd=self.checkout,
                                  env=self.env, stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert worker.stdout is not None
        for line in worker.stdout:
            event = json.loads(line)
            if (event["event"], event.get("who"), event.get("epoch")) == ("epoch", "student", 6):
                if kill:
                    worker.kill()
                else:
                    (folder / "cancel").touch()
                break
        worker.communicate()

    def said(self, runs: dict[str, Any]) -> dict[str, Any]:
        """What the commands print of these runs, and the arrays they write."""
        found: dict[str, Any] = {"runs": self.ask("runs")[0]}
        for name, extractor in (("aver", "cam"), ("camkd", "cam"), ("fam1d", "gradcam")):
            out = HERE / f"{name}.maps.npz"
            asked = [runs[name], "--extractor", extractor, "--series", "3"]
            found[name] = {
                "evidence": self.ask("evidence", *asked, "--numbers", "--out", str(out))[0],
                "fidelity": self.ask("fidelity", runs[name])[0],
                "frequency": self.ask("frequency", runs[name])[0],
            }
        found["compare"] = {word: self.ask("compare", *of)[0]
                            for word, of in {"sweep": [runs["sweep"]], "two": [runs["aver"], runs["cut_off"]["run"]],
                                             "all": ["all"]}.items()}  # fmt: skip
        charts = self.place / "charts"
        self.ask("report", runs["fam1d"], "--out", str(self.place / "report.html"), "--figures", str(charts))
        found["charts"] = {p.name: p.read_text() for p in sorted(charts.glob("*.csv"))}
        return found

    def demo(self, path: Path) -> None:
        """The first page's finished run, of four of its series."""
        self.child(DEMO, str(path))


IDENTITY = """
import json, sys
from pathlib import Path
from kdviz.runs.store import open_run
print(json.dumps(open_run(Path(sys.argv[1])).identity))
"""
DEMO = """
import sys
from pathlib import Path
from kdviz.runs.finished import Finished, finished, packed
found = finished("gunpoint")
many = len(found.arrays["series"])
arrays = {n: v[:4] if v.ndim and len(v) == many else v for n, v in found.arrays.items()}
Path(sys.argv[1]).write_bytes(packed(Finished(found.about, found.words, arrays)))
print(1)
"""
RECIPES = """
import json
from kdviz.data import samples
from kdviz.methods.base import methods
from kdviz.training.plan import Wish
from kdviz.training.wish import recipe_for
data = {n: samples.load(n) for n in ("gunpoint", "basic_motions")}
asked = [("gunpoint", {"method": m, "student": "fusion" if k.needs.student_kinds == ("fusion",) else "signal"}, {})
         for m, k in sorted(methods().items())]
asked += [
    ("basic_motions", {"method": "kd"}, {"temperature": 2, "rate": 0.02, "batch": 32}),
    ("basic_motions", {"method": "aver", "teachers": ["signal"], "epochs": 7, "seed": 5}, {"teacher.epochs": 60}),
    ("gunpoint", {"method": "kd", "teachers": ["gaf"]}, {"gaf.size": 32, "gaf.range": "window", "gaf.kind": "both"}),
    ("gunpoint", {"method": "kd", "teachers": ["persistence"]}, {"persistence.tilt": 2, "persistence.resolution": 20}),
    ("gunpoint", {"method": "at", "teachers": ["recurrence"]}, {"weight": 10}),
    ("gunpoint", {"method": "kd", "teachers": ["markov"], "selection": "best"}, {"optimism": "on"}),
    ("gunpoint", {"method": "supervised", "student": "gaf"}, {"architecture": "wrn16-1", "decay": 0}),
    ("gunpoint", {"method": "camkd", "student": "fusion", "teachers": ["gaf", "persistence"]}, {"control": "off"}),
    ("gunpoint", {"method": "es_teacher"}, {"teacher.stop": 0.3, "teacher.architecture": "wrn16-3"}),
    ("gunpoint", {"method": "eskd"}, {"student.threads": 2, "teacher.selection": "best"}),
    ("basic_motions", {"method": "rkd", "seed": 11}, {"method.temperature": 5, "teacher.decay": 0.01}),
    ("gunpoint", {"method": "fam", "teachers": ["signal"], "student": "signal"}, {"signal.standardise": "none"}),
]
found = []
for name, wish, settings in asked:
    given = {**wish, "teachers": tuple(wish["teachers"]) if "teachers" in wish else None}
    try:
        recipe = recipe_for(data[name], Wish(**given), settings)
    except Exception as why:
        raise SystemExit(f"{wish} {settings}: {why}")
    plain = json.loads(json.dumps(recipe.plain()))
    found.append({"data": name, "wish": wish, "settings": settings, "identity": recipe.identity, "recipe": plain,
                  "scratch": recipe.scratch().identity, "teachers": [t.identity for t in recipe.teachers]})
print(json.dumps(found))
"""
LINKS = """
import json, sys
import streamlit as st
from streamlit.testing.v1 import AppTest
import kdviz.runs.supervisor
from kdviz.runs.catalogue import remembered
from kdviz.ui import cached
kdviz.runs.supervisor.Supervisor.start = lambda keeper: None
remembered()
runs = json.loads(sys.argv[1])
aver, camkd, fam, sweep = runs["aver"], runs["camkd"], runs["fam1d"], runs["sweep"]
both = f"{aver[:12]},{fam[:12]}"
asked = [
    ("start", {}), ("data", {"data": "coffee"}), ("data", {"data": runs["walk"], "i": "5"}),
    ("encode", {"data": "basic_motions", "gaf_size": "32", "gaf_range": "window", "i": "7", "ch": "2"}),
    ("encode", {"data": runs["walk"], "to": "persistence", "persistence_resolution": "40", "sweep": "down"}),
    ("encode", {"data": "gunpoint", "look": "back"}),
    ("encode", {"data": "gunpoint", "look": "blind", "change": "louder"}),
    ("distill", {"data": "basic_motions", "method": "camkd", "student": "fusion"}),
    ("distill", {"run": aver}), ("distill", {"run": runs["stopped"]["run"]}),
    ("evidence", {"run": aver, "rows": "cam,gradcam", "vs": "gaf", "i": "3", "c": "0", "scale": "own"}),
    ("evidence", {"run": aver, "e": "2", "list": "student_error", "measure": "spearman"}),
    ("evidence", {"run": camkd, "panel": "own", "i": "2", "rows": "saliency,cam"}),
    ("evidence", {"run": camkd, "panel": "fidelity", "on": "train", "cka": "linear", "over": "predictive_kl"}),
    ("evidence", {"run": fam, "panel": "what_if", "a": "5", "b": "15", "do": "flip"}),
    ("evidence", {"run": fam, "panel": "true", "many": "16", "present": "1"}),
    ("frequency", {"run": fam, "i": "4", "stage": "1", "cut": "0.35"}),
    ("frequency", {"run": camkd, "list": "worst"}),
    ("runs", {"run": camkd}), ("runs", {}), ("sweep", {"sweep": sweep}),
    ("sweep", {"methods": "kd,at", "on": "coffee", "students": "fusion:small", "seeds": "0-1", "teachers": "signal"}),
    ("compare", {"of": "all"}), ("compare", {"of": sweep}),
    ("compare", {"cmp": both, "base": "aver", "cost": "macs"}),
    ("encode", {"data": "coffee", "look": "settings", "to": "recurrence"}), ("learn", {"data": "coffee"}),
]
found = []
for name, link in asked:
    test = AppTest.from_file(f"pages/{name}.py", default_timeout=300)
    for key, value in link.items():
        test.query_params[key] = value
    test.run()
    if test.exception:
        raise SystemExit(f"{name} {link}: {test.exception}")
    plain = {k: v[0] if isinstance(v, list) else v for k, v in dict(test.query_params).items()}
    state = {k: test.session_state[k] for k in plain if k in test.session_state}
    if gone := {k: v for k, v in link.items() if plain.get(k) != v}:
        print("not kept", name, gone, file=sys.stderr)
    shell = [each.value for each in test.code if each.value.startswith("python -m kdviz")]
    found.append({"page": name, "link": plain, "chosen": state, "shell": shell,
                  "drawings": len(test.get("bidi_component")), "tables": len(test.dataframe)})
    st.cache_data.clear()
    st.cache_resource.clear()
cached.looker().close()
print(json.dumps(found))
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
