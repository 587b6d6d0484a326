"""The bill of materials: it is the package's, the same each time, and names no place on this machine."""

from __future__ import annotations

import json
import venv
from pathlib import Path

from tests.materials import LEFT_OUT, bill, extras


def test_a_bill_names_what_is_there_and_is_the_same_each_time(tmp_path: Path) -> None:
    venv.create(tmp_path / "place")
    [packages] = (tmp_path / "place").glob("lib/*/site-packages")
    installed = {"attrs": "26.1.0", "click": "8.5.1"}
    for name, version in installed.items():
        (packages / f"{name}-{version}.dist-info").mkdir()
        told = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n"
        (packages / f"{name}-{version}.dist-info/METADATA").write_text(told, "utf-8")
    written = bill(tmp_path / "place/bin/python")
    assert written == bill(tmp_path / "place/bin/python")
    assert str(tmp_path).encode() not in written
    told = json.loads(written)
    assert told["bomFormat"] == "CycloneDX"
    assert told["metadata"]["component"]["name"] == "reciprocity"
    assert {one["name"]: one["version"] for one in told["components"]} == installed
    assert {one["purl"] for one in told["components"]} == {"pkg:pypi/attrs@26.1.0", "pkg:pypi/click@8.5.1"}
    [root] = (one for one in told["dependencies"] if one["ref"] == told["metadata"]["component"]["bom-ref"])
    assert root["dependsOn"] == ["attrs==26.1.0", "click==8.5.1"]


def test_every_extra_is_on_the_bill_but_those_said_to_be_left_out() -> None:
    assert not LEFT_OUT & set(extras())
    assert {"bulk", "encryption", "postgres", "seals"} <= set(extras())
