"""Networks as people write them: with no idea of kdviz."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FCN(nn.Module):
    def __init__(self, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        wide, layers = channels, []
        for out, kernel in ((8, 7), (12, 5), (8, 3)):
            layers += [nn.Conv1d(wide, out, kernel, padding=kernel // 2), nn.BatchNorm1d(out), nn.ReLU(inplace=True)]
            wide = out
        self.body, self.drop = nn.Sequential(*layers), nn.Dropout(0.5)
        self.pool, self.fc = nn.AdaptiveAvgPool1d(1), nn.Linear(wide, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.drop(self.pool(self.body(x)).flatten(1)))


class Block(nn.Module):
    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv1d(wide, out, 5, padding=2), nn.Conv1d(out, out, 3, padding=1)
        self.norm, self.short = nn.BatchNorm1d(out), nn.Conv1d(wide, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.second(F.relu(self.first(x)))) + self.short(x))


class ResNet(nn.Module):
    def __init__(self, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        self.one, self.two, self.three = Block(channels, 8), Block(8, 12), Block(12, 12)
        self.out = nn.Linear(12, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.three(self.two(self.one(x))).mean(-1))


class Inception(nn.Module):
    """Its ReLU is no module: the head reads the mean of what the last norm leaves above zero."""

    def __init__(self, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        self.parts = nn.ModuleList(nn.Conv1d(channels, 4, k, padding=k // 2) for k in (1, 9, 19))
        self.norm, self.head = nn.BatchNorm1d(12), nn.Linear(12, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(F.relu(self.norm(torch.cat([part(x) for part in self.parts], 1))).mean(2))


class Recurrent(nn.Module):
    def __init__(self, kind: type[nn.RNNBase] = nn.LSTM, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        self.cells, self.drop = kind(channels, 8, batch_first=True), nn.Dropout(0.3)
        self.fc = nn.Linear(8, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.drop(self.cells(x.transpose(1, 2))[0])[:, -1])


class TCN(nn.Module):
    """Reads its last step, as causal networks do."""

    def __init__(self, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(channels, 8, 3), nn.Conv1d(8, 8, 3, dilation=2)])
        self.fc = nn.Linear(8, classes)

    def forward(self, x: Tensor) -> Tensor:
        for k, conv in enumerate(self.convs):
            x = F.relu(conv(F.pad(x, (2 * 2**k, 0))))
        return self.fc(x[:, :, -1])


class Patches(nn.Module):
    """A transformer over patches; `folded` puts the channels into the batch, as PatchTST does."""

    def __init__(self, folded: bool = False, channels: int = 2, classes: int = 3) -> None:
        super().__init__()
        self.folded = folded
        self.embed = nn.Linear(8 if folded else 8 * channels, 16)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 1)
        self.fc = nn.Linear(16 * channels if folded else 16, classes)

    def forward(self, x: Tensor) -> Tensor:
        n, c, _ = x.shape
        patches = x.unfold(2, 8, 8)
        tokens = patches.reshape(n * c, -1, 8) if self.folded else patches.transpose(1, 2).flatten(2)
        return self.fc(self.encoder(self.embed(tokens)).mean(1).reshape(n, -1))


def flat(channels: int = 2, classes: int = 3, length: int = 40) -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(),
        nn.Linear(6 * (length // 2), 16), nn.ReLU(), nn.Linear(16, classes),
    )  # fmt: skip


def plane(channels: int = 2, classes: int = 3) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, classes),
    )  # fmt: skip


EVERY: dict[str, Callable[[], nn.Module]] = {
    "fcn": FCN,
    "resnet": ResNet,
    "inception": Inception,
    "lstm": Recurrent,
    "gru": lambda: Recurrent(nn.GRU),
    "tcn": TCN,
    "patches": Patches,
    "folded": lambda: Patches(folded=True),
    "flat": flat,
    "plane": plane,
}


def shape(name: str) -> tuple[int, ...]:
    """(C, *grid) that a network of EVERY reads."""
    return (2, 20, 20) if name == "plane" else (2, 40)


def state_of(module: nn.Module) -> list[object]:
    """Everything of a module that a look may not change."""
    weights = [(n, p.detach().clone(), p.requires_grad, p.grad) for n, p in module.named_parameters()]
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in module.modules()]
    return [weights, [(n, b.clone()) for n, b in module.named_buffers()], [m.training for m in module.modules()], hooks]


def unchanged(one: list[object], other: list[object]) -> bool:
    """Whether two such states are the same, to the last bit."""
    return _flat(one) == _flat(other)


def _flat(value: object) -> object:
    if isinstance(value, Tensor):
        return value.tolist()
    return [_flat(each) for each in value] if isinstance(value, list | tuple) else value
