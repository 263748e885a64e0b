"""Distillation steps per second against torchdistill's and Lightning's loops: `python -m benchmarks.loops`.

Same student, same frozen teachers, same data, batch 16, AdamW, Hinton's loss to the teachers' mean logits. Every
round runs each loop once, one after the other, so that a busy neighbour disturbs them alike; what is printed is the
median over rounds of the ratio of processor time within a round. One thread. Our loop also scores the validation set,
measures gradient norms and packs a checkpoint, as it always does; its first epoch runs the teachers. The peers are no
part of kdviz; `make bench` installs them (requirements-bench.txt).
"""

from __future__ import annotations

import logging
import os
import sys
import warnings

os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Callable
from copy import deepcopy
from time import process_time
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

from kdviz.nets.base import Branch, build
from kdviz.training.encoded_data import EncodedData
from kdviz.training.loop import train
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher

SERIES, EPOCHS, ROUNDS, BATCH = 320, 30, 3, 16
SHAPES = {"signal": (1, 150), "gaf": (2, 48, 48), "persistence": (1, 32, 32)}
WANTED = {1: 1.8, 3: 2.5}
Loop = Callable[[], None]


class Logits(nn.Module):
    """What the peers want: views in, logits out. Several networks give their mean."""

    def __init__(self, *nets: Branch) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)

    def forward(self, views: dict[str, Tensor]) -> Tensor:
        """Logits (N, classes)."""
        return torch.stack([net(views).logits for net in self.nets]).mean(0)


class Samples(Dataset[tuple[dict[str, Tensor], Tensor]]):
    """The training set, one sample at a time."""

    def __init__(self, views: dict[str, Tensor], labels: Tensor) -> None:
        self.views, self.labels = views, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[dict[str, Tensor], Tensor]:
        return {m: v[i] for m, v in self.views.items()}, self.labels[i]


def ours(material: EncodedData, student: Branch, teachers: dict[str, Branch]) -> Loop:
    recipe = Recipe("", "aver", epochs=EPOCHS, batch=BATCH, control=False)

    def loop() -> None:
        views, _ = material.part("train")
        for _ in train(recipe, material, {m: CachedTeacher(net, views) for m, net in teachers.items()}):
            pass

    return loop


def torchdistills(material: EncodedData, student: Branch, teachers: dict[str, Branch]) -> Loop:
    from torchdistill.core.distillation import get_distillation_box

    views, labels = material.part("train")
    path = {"student_module_path": ".", "student_module_io": "output", "teacher_module_path": ".",
            "teacher_module_io": "output"}  # fmt: skip
    loss = {"key": "KDLoss", "kwargs": {**path, "temperature": 4.0, "alpha": 0.3, "reduction": "batchmean"}}

    def loop() -> None:
        config = {
            "num_epochs": EPOCHS,
            "train_data_loader": {
                "dataset_id": "train", "kwargs": {"batch_size": BATCH}, "sampler": {"class_or_func": RandomSampler},
            },
            "teacher": {"requires_grad": False, "forward_proc": "forward_batch_only"},
            "student": {"forward_proc": "forward_batch_only"},
            "optimizer": {"key": "AdamW", "kwargs": {"lr": 0.01}},
            "criterion": {"key": "WeightedSumLoss",
                          "kwargs": {"sub_terms": {"kd": {"criterion": loss, "weight": 1.0}}}},
        }  # fmt: skip
        box = get_distillation_box(
            Logits(*teachers.values()), Logits(deepcopy(student)), {"train": Samples(views, labels)}, config,
            torch.device("cpu"), None, False, 1,
        )  # fmt: skip
        for epoch in range(EPOCHS):
            box.pre_epoch_process(epoch=epoch)
            for batch, targets, more in box.train_data_loader:
                value = box.forward_process(batch, targets, more)
                box.post_forward_process(loss=value)
                value.item()
            box.post_epoch_process()

    return loop


def lightnings(material: EncodedData, student: Branch, teachers: dict[str, Branch]) -> Loop:
    import lightning

    class Lesson(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.student = Logits(deepcopy(student))
            self.teacher = Logits(*teachers.values()).eval().requires_grad_(False)

        def training_step(self, batch: Any, _: int) -> Tensor:
            views, label = batch
            with torch.no_grad():
                goal = self.teacher(views)
            z = self.student(views)
            kd = F.kl_div(F.log_softmax(z / 4, 1), F.softmax(goal / 4, 1), reduction="batchmean")
            return 0.3 * F.cross_entropy(z, label) + 0.7 * 16 * kd

        def on_train_epoch_start(self) -> None:
            self.teacher.eval()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.student.parameters(), 0.01)

    def loop() -> None:
        views, labels = material.part("train")
        loader = DataLoader(Samples(views, labels), BATCH, shuffle=True)
        trainer = lightning.Trainer(
            accelerator="cpu", max_epochs=EPOCHS, logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(Lesson(), loader)

    return loop


def material_of(names: tuple[str, ...]) -> EncodedData:
    torch.manual_seed(0)
    views = {m: torch.randn(SERIES + 80, *SHAPES[m]) for m in names}
    labels = torch.arange(SERIES + 80) % 3
    cut = torch.randperm(SERIES + 80)
    splits = {"train": cut[:SERIES], "validation": cut[SERIES : SERIES + 40], "test": cut[SERIES + 40 :]}
    return EncodedData(views, labels, splits, 3, {})


def seconds(loop: Loop) -> float:
    """Of the processor: one thread does all the work, and busy neighbours do not count."""
    begun = process_time()
    loop()
    return process_time() - begun


def compare(names: tuple[str, ...]) -> None:
    material = material_of(names)
    teachers = {m: build(m, "small", (m,), SHAPES, 3).eval() for m in names}
    student = build("signal", "tiny", ("signal",), SHAPES, 3)
    loops = {"kdviz": ours, "torchdistill": torchdistills, "Lightning": lightnings}
    ready = {name: make(material, student, teachers) for name, make in loops.items()}
    times = np.array([[seconds(loop) for loop in ready.values()] for _ in range(ROUNDS)])
    ratios, steps = np.median(times / times[:, :1], axis=0), EPOCHS * -(-SERIES // BATCH)
    weights = sum(p.numel() for p in student.parameters())
    print(f"\n{len(names)} teacher{'s' * (len(names) > 1)}, student of {weights} weights, {steps} steps a round:")
    for name, ratio, each in zip(ready, ratios, np.median(times, axis=0), strict=True):
        wanted = "" if name == "kdviz" else f"   wanted: at least {WANTED[len(names)]}"
        print(f"  {name:<14}{steps / each:9.0f} steps/s   {ratio:6.2f} x our time{wanted}")


def prepared() -> None:
    """Quiet the peers, and let torchdistill load where torchvision's own operators cannot be (CUDA build, no CUDA)."""
    warnings.filterwarnings("ignore")
    for name in ("lightning", "lightning.pytorch", "lightning.pytorch.utilities.rank_zero", "torchdistill"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [m for m in sys.modules if m.startswith("torchvision")]:
            del sys.modules[name]
        names = torch.library.Library("torchvision", "FRAGMENT")
        names.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        names.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        globals()["_names"] = names


def main() -> None:
    try:
        prepared()
        import lightning  # noqa: F401
        import torchdistill  # noqa: F401
    except ImportError as missing:
        sys.exit(f"{missing}. The peers live in an environment of their own: `make bench` makes .venv-bench.")
    torch.set_num_threads(1)
    compare(("signal",))
    compare(("signal", "gaf", "persistence"))


if __name__ == "__main__":
    main()
