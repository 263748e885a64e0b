"""What the README says is what the program prints."""

from __future__ import annotations

from pathlib import Path

from kdviz.runs.store.catalogue import described, markdown

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_table_of_methods_is_printed_by_the_program() -> None:
    table = README.split("<!-- methods -->\n")[1].split("<!-- /methods -->")[0]
    assert table.strip() == markdown(described()["methods"]).strip(), "run: python docs/fill_readme.py"


def test_the_first_screen_holds_both_commands_and_a_picture() -> None:
    first = README[:1200]
    assert "make run" in first and "make test" in first and "docs/app.png" in first
