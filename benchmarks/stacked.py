"""Many seeds of one small student trained together with torch.func, against one by one: `python -m benchmarks.stacked`.

Hinton's loss to remembered teacher logits (each seed has its own teacher, as in a sweep), batch 16, AdamW, one thread;
each seed keeps its own batch order. Ratios of processor time within one round, and how far weights are apart.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

from copy import deepcopy
from time import process_time

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from kdviz.nets.base import Branch, build

SERIES, BATCH, SEEDS = 40, 16, 8


def loss(z: Tensor, y: Tensor, goal: Tensor) -> Tensor:
    softened = F.softmax(goal / 4, 1)
    kl = (softened * (softened.log() - F.log_softmax(z / 4, 1))).sum(1).mean()
    return 0.3 * F.cross_entropy(z, y) + 0.7 * 16 * kl


def order(seed: int, epoch: int) -> Tensor:
    torch.manual_seed(seed * 1_000_003 + epoch)
    return torch.randperm(SERIES)


def one_by_one(nets: list[Branch], X: Tensor, y: Tensor, goals: Tensor, epochs: int) -> None:
    for seed, net in enumerate(nets):
        optimiser = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=1e-4, fused=True)
        for epoch in range(epochs):
            for index in order(seed, epoch).split(BATCH):
                value = loss(net({"signal": X[index]}).logits, y[index], goals[seed][index])
                optimiser.zero_grad(set_to_none=True)
                value.backward()
                optimiser.step()


def together(nets: list[Branch], X: Tensor, y: Tensor, goals: Tensor, epochs: int) -> dict[str, Tensor]:
    weights, buffers = stack_module_state(nets)  # type: ignore[arg-type]
    bare = deepcopy(nets[0]).to("meta")

    def one(w: dict[str, Tensor], b: dict[str, Tensor], x: Tensor, label: Tensor, goal: Tensor) -> Tensor:
        return loss(functional_call(bare, (w, b), ({"signal": x},)).logits, label, goal)

    optimiser = torch.optim.AdamW(list(weights.values()), lr=0.01, weight_decay=1e-4, fused=True)
    seeds = torch.arange(len(nets))[:, None]
    for epoch in range(epochs):
        for index in torch.stack([order(seed, epoch) for seed in range(len(nets))]).split(BATCH, 1):
            values = vmap(one)(weights, buffers, X[index], y[index], goals[seeds, index])
            optimiser.zero_grad(set_to_none=True)
            values.sum().backward()
            optimiser.step()
    return weights


def compare(architecture: str, shape: tuple[int, int], epochs: int, seeds: int = SEEDS) -> None:
    torch.manual_seed(0)
    X, y, goals = torch.randn(SERIES, *shape), torch.arange(SERIES) % 2, torch.randn(seeds, SERIES, 2)
    nets = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        nets.append(build("signal", architecture, ("signal",), {"signal": shape}, 2).train())
    copies, began = [deepcopy(net) for net in nets], process_time()
    one_by_one(nets, X, y, goals, epochs)
    alone = process_time() - began
    began = process_time()
    weights = together(copies, X, y, goals, epochs)
    ratio = alone / (process_time() - began)
    apart = max(
        float((weights[n][s] - p).detach().abs().max()) for s, net in enumerate(nets) for n, p in net.named_parameters()
    )
    kind = str(torch.get_default_dtype()).removeprefix("torch.")
    print(
        f"{architecture:<6} {shape} {seeds:2d} seeds, {epochs:2d} epochs, {kind}: {ratio:.2f} times as fast, "
        f"weights {apart:.0e} apart"
    )


def main() -> None:
    torch.set_num_threads(1)
    compare("tiny", (1, 150), 1)  # the first imports what the others use
    for kind in (torch.float32, torch.float64):
        torch.set_default_dtype(kind)
        for epochs in (1, 10, 20):
            compare("tiny", (1, 150), epochs)
    torch.set_default_dtype(torch.float32)
    compare("tiny", (6, 100), 10)
    compare("tiny", (1, 500), 10)
    compare("small", (1, 150), 10)


if __name__ == "__main__":
    main()
