"""A real server process with ports and a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """`countersign serve`, started anew for each module of tests."""

    def __init__(self, policy, groups="dba"):
        self.folder = tempfile.TemporaryDirectory(prefix="countersign-browser-")
        root = Path(self.folder.name)
        (root / "policy.cedar").write_text(policy)
        self.agents_port, self.people_port, self.local_port = free_port(), free_port(), free_port()
        self.console = f"http://localhost:{self.people_port}"
        self.agents = f"http://127.0.0.1:{self.agents_port}"
        self.data = root / "data"
        self.log_path = root / "log"
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [
                os.environ["COUNTERSIGN_BIN"], "serve", "--data", str(self.data),
                "--agents", f"127.0.0.1:{self.agents_port}", "--agents-url", self.agents,
                "--people", f"127.0.0.1:{self.people_port}", "--people-url", self.console,
                "--local", f"127.0.0.1:{self.local_port}", "--policy", str(root / "policy.cedar"),
            ],
            env={"PATH": os.environ["PATH"], "HOME": str(root), "COUNTERSIGN_FIRST_PERSON": "alice",
                 "COUNTERSIGN_FIRST_GROUPS": groups},
            stdout=self.log, stderr=self.log)
        self.wait_until(self.is_ready, "the server to be ready")

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended: {self.log_path.read_text()}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.local_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def enrolment_link(self):
        files = [path for path in self.data.iterdir() if "enrol" in path.name]
        assert len(files) == 1, f"one enrolment link is expected in {list(self.data.iterdir())}"
        return files[0].read_text().strip()

    @staticmethod
    def wait_until(condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {what}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        self.folder.cleanup()


def fetch(url, method="GET", headers=None, body=None):
    """Status, headers and text of one call, refusals included."""
    data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
    call = urllib.request.Request(url, method=method, headers=headers or {}, data=data)
    try:
        with urllib.request.urlopen(call, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()
