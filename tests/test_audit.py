"""The audit: a vulnerability is a failure, silence of the advisory service is not, and is said."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.audit import audit

HASH = f"--hash=sha256:{64 * '0'}"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock.txt"
    path.write_text(f"sound==1.0 \\\n    {HASH}\nrotten==2.0 \\\n    {HASH}\n", "utf-8")
    return path


@contextmanager
def advisories(of: str | None) -> Iterator[tuple[str, ...]]:
    """An advisory service on this machine that knows of one vulnerability; the options that ask it."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}
            affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [fixed]}]
            known = {"vulns": [{"id": "PYSEC-2026-1", "summary": "it rots", "affected": affected}]}
            answer = json.dumps(known if name == of else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield asking(server.server_port)
        server.shutdown()


def asking(port: int) -> tuple[str, ...]:
    return ("--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{port}/", "--timeout", "5")


def test_a_known_vulnerability_fails_and_is_named(lock: Path) -> None:
    with advisories(of="rotten") as options:
        code, said = audit([lock], *options)
    assert code == 1
    assert said.splitlines() == [
        "rotten 2.0: PYSEC-2026-1, mended in 2.1",
        "2 projects audited, known vulnerabilities: 1",
    ]


def test_what_two_locks_name_is_audited_once(lock: Path, tmp_path: Path) -> None:
    other = tmp_path / "beside.txt"
    other.write_text(lock.read_text("utf-8").replace("rotten==2.0", "more==3.0"), "utf-8")
    with advisories(of="more") as options:
        code, said = audit([lock, other], *options)
    assert code == 1
    assert said.splitlines() == [
        "more 3.0: PYSEC-2026-1, mended in 2.1",
        "3 projects audited, known vulnerabilities: 1",
    ]


def test_none_known_is_fine(lock: Path) -> None:
    with advisories(of=None) as options:
        assert audit([lock], *options) == (0, "2 projects audited, known vulnerabilities: 0")


def test_a_service_that_is_not_there_is_said_in_one_line_and_is_no_failure(lock: Path) -> None:
    code, said = audit([lock], *asking(port=9))
    assert code == 0
    assert said == "the advisory service cannot be reached: nothing was audited"


def test_a_lock_without_hashes_is_not_audited(lock: Path) -> None:
    lock.write_text("sound==1.0\n", "utf-8")
    code, said = audit([lock], *asking(port=9))
    assert code == 2
    assert "sound" in said
