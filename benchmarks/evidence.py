"""How fast one series is explained by five networks, against captum one by one: `python -m benchmarks.evidence`.

Networks, frozen as the looker holds them: three `small` teachers (signal of 150 samples, GAF 64 x 64, persistence
image 64 x 64), a `tiny` student and its control. `board` is what the looker does for the page: the series is encoded
anew, everything is asked, and maps are carried back to time; its share of a plain forward stands beside it.
Wanted: CAM, attention and spectra of all under 20 ms; with Grad-CAM and 32-step Integrated Gradients under 150 ms and
not slower than captum one by one; deletion and insertion of one series, all views recomputed, under 100 ms a network.
Rounds are interleaved; medians and medians of ratios. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Callable, Sequence
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerActivation, LayerGradCam

from kdviz.evidence.base import Positional, extractor
from kdviz.metrics.agreement import agree
from kdviz.metrics.faithfulness import faithfulness
from kdviz.metrics.similarity import SIMILARITY
from kdviz.metrics.spectra import high_share, power, radial
from kdviz.modalities.base import modality
from kdviz.nets.base import Single
from kdviz.runs.analysis.series_evidence import board

ROUNDS = 15
KINDS = (("signal", "small"), ("gaf", "small"), ("persistence", "small"), ("signal", "tiny"), ("signal", "tiny"))
TARGET = torch.zeros(1, dtype=torch.long)
RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=(40, 1, 150)).cumsum(2).astype(np.float32)
Net = tuple[Single, dict[str, torch.Tensor]]


def networks() -> list[Net]:
    """Three teachers and a student with what they see of one series."""
    found = []
    for name, architecture in (
        ("signal", "small"),
        ("gaf", "small"),
        ("persistence", "small"),
        ("signal", "tiny"),
        ("signal", "tiny"),
    ):
        eye = modality(name)
        eye.fit(SERIES)
        view = torch.from_numpy(eye.see(SERIES[:1]))
        net = Single(name, architecture, view.ndim - 2, view.shape[1], 2).eval().requires_grad_(False)
        found.append((net, {name: view}))
    return found


def looker(nets: list[Net]) -> Callable[[Sequence[str]], object]:
    """What the looker answers a board with, for a series it has not seen."""
    eyes = {name: modality(name) for name in ("signal", "gaf", "persistence")}
    for eye in eyes.values():
        eye.fit(SERIES)
    roles = ("teacher.signal", "teacher.gaf", "teacher.persistence", "student", "control")
    networks = dict(zip(roles, (net for net, _ in nets), strict=True))

    def views_by_role(numbers: Any, raw: Any) -> dict[str, dict[str, torch.Tensor]]:
        made = {name: torch.from_numpy(eye.see(raw)) for name, eye in eyes.items()}
        return {role: {m: made[m] for m in net.modalities} for role, net in networks.items()}

    def to_time(modality: str, maps: Any, numbers: Any, raw: Any) -> Any:
        return eyes[modality].to_time(maps, raw)

    seen = SimpleNamespace(modalities=eyes, to_time=to_time)
    run: Any = SimpleNamespace(
        modalities=eyes, networks=networks, views_by_role=views_by_role, inputs=dict.fromkeys(roles, seen),
        input=lambda net: seen,
    )  # fmt: skip
    return lambda sights: board(run, 0, SERIES[:1], sights, 0, None)


def forward(nets: list[Net]) -> None:
    """Nothing but the networks."""
    with torch.no_grad():
        for net, views in nets:
            net(views)


def cheap(nets: list[Net]) -> None:
    """CAM, attention at each stage, and the spectra of the last stage."""
    for net, views in nets:
        extractor("cam").look(net, views, TARGET)
        extractor("attention").look(net, views, TARGET)
        with torch.no_grad():
            spectrum = power(net(views).stages[-1].numpy())
        radial(spectrum)
        high_share(spectrum)


def whole(nets: list[Net]) -> None:
    """The cheap ones, Grad-CAM and Integrated Gradients."""
    cheap(nets)
    for net, views in nets:
        extractor("gradcam").look(net, views, TARGET)
        extractor("integrated_gradients").look(net, views, TARGET)


def captum_one_by_one(nets: list[Net]) -> None:
    """The same of captum: activations for CAM, attention and spectra, then Grad-CAM and Integrated Gradients."""
    for net, views in nets:
        alone, (view,) = Positional(net), views.values()
        maps = LayerActivation(alone, net.body[-1]).attribute(view).detach()
        torch.einsum("k,nk...->n...", net.head.weight.detach()[0], maps)
        LayerActivation(alone, net.body[-1]).attribute(view).detach().square().mean(1)
        spectrum = power(LayerActivation(alone, net.body[-1]).attribute(view).detach().numpy())
        radial(spectrum)
        high_share(spectrum)
        LayerGradCam(alone, net.body[-1]).attribute(view, target=0)
        IntegratedGradients(alone).attribute(view, target=0, n_steps=32)


def rounds(works: dict[str, Callable[[], object]]) -> dict[str, np.ndarray]:
    """Seconds of each work, round by round."""
    for work in works.values():
        work()
    times = {name: np.zeros(ROUNDS) for name in works}
    for number in range(ROUNDS):
        for name, work in works.items():
            began = perf_counter()
            work()
            times[name][number] = perf_counter() - began
    return times


def deleting(net: Single) -> Callable[[], object]:
    """Deletion and insertion of one series by a network's CAM."""
    eye = modality(net.modalities[0])
    eye.fit(SERIES)

    def see(series: np.ndarray) -> dict[str, torch.Tensor]:
        return {eye.id: torch.from_numpy(eye.see(series))}

    def predict(views: dict[str, torch.Tensor]) -> np.ndarray:
        with torch.no_grad():
            return net(views).logits.numpy()

    return lambda: faithfulness(see, predict, SERIES[:1], RNG.normal(size=(1, 150)), np.zeros(1, int))


def main() -> None:
    """Print everything."""
    torch.set_num_threads(1)
    nets = networks()
    asked = looker(nets)
    works = {
        "board": lambda: asked(("cam", "attention")),
        "board whole": lambda: asked(("cam", "attention", "gradcam", "integrated_gradients")),
        "forward": lambda: forward(nets),
        "cheap": lambda: cheap(nets),
        "whole": lambda: whole(nets),
        "captum": lambda: captum_one_by_one(nets),
    }
    times = rounds(works)
    for name, title, limit in (
        ("board", "board: CAM, attention of five networks", "wanted: under 20 ms"),
        ("board whole", "board with Grad-CAM and Integrated Gradients", "wanted: under 150 ms"),
        ("forward", "a plain forward of the five", ""),
        ("cheap", "extractors one by one: CAM, attention, spectra", ""),
        ("whole", "with Grad-CAM and 32-step Integrated Gradients", ""),
        ("captum", "the same by captum one by one", ""),
    ):
        best, middle = times[name].min() * 1e3, np.median(times[name]) * 1e3
        print(f"{title:<52}{middle:9.2f} ms, best {best:7.2f}   {limit}")
    print(f"{'board / plain forward, best of each':<52}{times['board'].min() / times['forward'].min():9.2f} x")
    ratio = np.median(times["captum"] / times["board whole"])
    print(f"{'captum / ours':<52}{ratio:9.2f} x    wanted: at least 1")
    for net, _ in nets:
        took = np.median(rounds({"it": deleting(net)})["it"])
        print(f"{'deletion and insertion, ' + net.modalities[0]:<52}{took * 1e3:9.2f} ms   wanted: under 100 ms")
    maps, labels = RNG.normal(size=(2, 150, 150)), np.arange(150) % 2
    for name, how in SIMILARITY.items():
        if 1 in how.dims:
            took = rounds({"it": lambda name=name: agree(name, *maps, labels, maps[0])})["it"]
            print(f"{'agreement with chance, 150 series: ' + name:<52}{np.median(took) * 1e3:9.2f} ms")


if __name__ == "__main__":
    main()
