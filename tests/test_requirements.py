"""What is pinned is not older than the first version without a hole that kdviz would stand in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "starlette": "1.1.0",  # CVE-2025-62727 (Range), CVE-2026-48818 (Windows paths); Streamlit's own floor is 0.46
    "uvicorn": "0.52",  # with websockets 17: Streamlit's server warns of anything older
    "websockets": "17",
    "python-multipart": "0.0.18",  # CVE-2024-53981
    "streamlit": "1.67.0",  # sessions belong to users (PR #15909); earlier CVE-2025-1684, CVE-2024-42474
    "torch": "2.10",  # CVE-2025-32434, CVE-2026-24747
    "pyarrow": "23.0.1",  # CVE-2023-47248, CVE-2026-25087
    "pillow": "10.3",  # CVE-2024-28219
    "requests": "2.32.4",  # CVE-2024-47081
    "urllib3": "2.5.0",  # CVE-2025-50181
    "Jinja2": "3.1.6",  # CVE-2025-27516
    "h11": "0.16.0",  # CVE-2025-43859
}


def pinned() -> dict[str, Version]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    wants = [Requirement(line) for line in lines if line]
    return {w.name: Version(next(iter(w.specifier)).version) for w in wants if len(w.specifier) == 1}


def test_every_requirement_is_pinned_to_one_version() -> None:
    text = (ROOT / "requirements.txt").read_text()
    wanted = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert all("==" in line for line in wanted) and len(pinned()) == len(wanted)


@pytest.mark.parametrize("name", FLOORS)
def test_no_pin_is_below_its_floor(name: str) -> None:
    assert pinned()[name] >= Version(FLOORS[name])


def test_the_ranges_of_the_package_hold_every_pin_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ranges = {(r := Requirement(line)).name.lower(): r.specifier for line in project["dependencies"]}
    pins = {name.lower(): version for name, version in pinned().items()}
    assert set(ranges) <= set(pins) and all(pins[name] in allowed for name, allowed in ranges.items())
    assert all(str(allowed).startswith(">=") for allowed in ranges.values())
    top = {
        name.split("==")[0].lower()
        for name in (ROOT / "requirements.txt").read_text().split("# Streamlit's")[0].split()
    }
    assert top & set(pins) <= set(ranges)  # what kdviz imports


def test_what_tests_and_benchmarks_need_moves_no_pin_of_the_program() -> None:
    seen = set(map(str.lower, pinned()))
    for file in ("requirements-cluster.txt", "requirements-dev.txt", "requirements-bench.txt"):
        lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
        wants = [Requirement(line) for line in lines if line and not line.startswith("-r ")]
        assert wants and all(str(want.specifier).startswith("==") for want in wants), file
        names = {want.name.lower().replace("_", "-") for want in wants}
        assert not names & seen, file
        seen |= names
