"""From a wish to a whole recipe."""

from __future__ import annotations

import json
from typing import Any

from kdviz.runs.answers.base import Answer, Question, reopened
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for


class Plan(Question):
    """The whole recipe of a wish and its identity; raises UserError where it cannot run."""

    id = "plan"

    def answer(
        self, data: str, source: dict[str, Any], name: str, wish: dict[str, Any], settings: dict[str, Any]
    ) -> Answer:
        """Words `recipe` and `identity`."""
        teachers = wish.get("teachers")
        asked = Choices(**{**wish, "teachers": None if teachers is None else tuple(teachers)})
        recipe = recipe_for(reopened(data, json.dumps(source), name), asked, settings)
        return {"recipe": recipe.plain(), "identity": recipe.identity}, {}
