"""What docs/testing.md shows is true: its tests pass, and the broken projection is found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from reciprocity import testing
from reciprocity.testing import ProjectionLaws, plugin
from tests.documents import ROOT, fences

TEXT = (ROOT / "docs/testing.md").read_text("utf-8")

# Examples are neither many nor shrunk: what is tried here is the page.
FEW = """from hypothesis import HealthCheck, Phase, settings

some = {"max_examples": 4, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck)}
settings.register_profile("few", **some)
settings.load_profile("few")
"""


def test_its_snippets_pass_and_the_broken_projection_is_found(tmp_path: Path) -> None:
    snippets = {snippet.split("\n", 1)[0].removeprefix("# "): snippet for snippet in fences(TEXT, "python")}
    assert len(snippets) == 4
    for name, snippet in snippets.items():
        (tmp_path / name).write_text(snippet, "utf-8")
    (tmp_path / "conftest.py").write_text(FEW, "utf-8")
    [wrong] = re.findall(r"If `apply` said `(.*)` instead", TEXT)
    broken = snippets["home.py"].replace("state = {**state, key: event.handover}", wrong)
    assert broken != snippets["home.py"]
    (tmp_path / "broken.py").write_text(broken, "utf-8")
    test = snippets["test_home.py"].replace("from home", "from broken")
    (tmp_path / "test_broken.py").write_text(test, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    failed = re.findall(r"^FAILED (\w+\.py)::", done.stdout, re.MULTILINE)
    assert set(failed) == {"test_broken.py"}, done.stdout
    [said] = fences(TEXT, "text")
    assert said.strip() in done.stdout


def test_its_projection_has_twenty_lines_and_its_proof_five() -> None:
    projection, proof, *_ = fences(TEXT, "python")
    lines = projection.partition("class ")[2].splitlines()
    assert len([line for line in lines if line.strip()]) <= 20
    assert len([line for line in proof.splitlines() if line.strip() and not line.startswith("#")]) <= 5


def test_every_name_law_and_fixture_is_there() -> None:
    for name in testing.__all__:
        assert re.search(rf"^\| .*`{name}(\(\))?`.* \|", TEXT, re.MULTILINE), name
    laws = [name for name in vars(ProjectionLaws) if name.startswith("test_")]
    assert re.findall(r"^\| `(test_\w+)` \|", TEXT, re.MULTILINE) == laws
    fixtures = [name for name in vars(plugin) if re.match("register_|reciprocity_", name)]
    assert re.findall(r"^\| `(re\w+)` \|", TEXT, re.MULTILINE) == fixtures
