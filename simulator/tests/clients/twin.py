"""A running `trailbell-sim pager` for a client to talk to."""

import json
import subprocess
import sys
import time
import urllib.request

KEY = "7c2f0f8e-5f0e-4f5e-8f39-2a6f0d1b9c44"
PATIENCE = 30


class Twin:
    """Ends with the block that opens it."""

    def __init__(self, program, *flags):
        self.process = subprocess.Popen(
            [program, "pager", "--listen", "127.0.0.1:0", *flags],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if "http://" in line:
                self.url = "http://" + line.split("http://")[1].split("/")[0].split()[0]
                return
        sys.exit("trailbell-sim pager did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.load(answer)

    def alerts(self):
        """All alerts, of every account."""
        return [alert for account in self.get("/_twin/alerts")["accounts"] for alert in account["alerts"]]

    def requests(self):
        """All requests, oldest first."""
        return self.get("/_twin/requests")["requests"]

    def until(self, what, holds):
        """Asks until it holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if holds(self.alerts()):
                return
            time.sleep(0.05)
        sys.exit(f"not so within {PATIENCE} s: {what}; the twin holds {json.dumps(self.alerts(), indent=1)}")


class Tally:
    """Counts what holds, and says what does not."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, what, holds):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"NOT SO: {what}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
