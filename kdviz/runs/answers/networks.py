"""Who there is to look at in a run."""

from __future__ import annotations

from kdviz.methods.base import Method, method
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.answers.base import Answer, Question, opened


class Networks(Question):
    """Roles, what each sees, how deep it is; and the epochs that can be looked back at."""

    id = "networks"

    def answer(self, run: str) -> Answer:
        """See `networks`."""
        return networks(opened(run)), {}


def networks(one: OpenedRun) -> dict[str, object]:
    """Words `roles` (by role: modalities, stages, weights), `epochs`, and `maps`: whether the method shows its own."""
    return {
        "roles": {
            role: {
                "modalities": list(net.modalities),
                "stages": net.depth,
                "weights": sum(p.numel() for p in net.parameters()),
            }
            for role, net in one.networks.items()
        },
        "epochs": one.kept_epochs(),
        "maps": method(one.recipe.method).maps is not Method.maps,
    }
