"""Alertmanager with an Opsgenie receiver against the pager twin: an alert fires, and is resolved."""

import datetime
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from twin import KEY, PATIENCE, Tally, Twin

CONFIG = """
route: {{ receiver: pager, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }}
receivers:
  - name: pager
    opsgenie_configs:
      - api_key: {key}
        api_url: {url}/
        message: '{{{{ .CommonLabels.alertname }}}}'
        priority: P2
        tags: prometheus
        send_resolved: true
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(url, alerts):
    """Posts to Alertmanager, once it listens."""
    body = json.dumps(alerts).encode()
    end = time.monotonic() + PATIENCE
    while True:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE).read()
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def main():
    tally = Tally()
    with Twin(sys.argv[1]) as twin, tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "alertmanager.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(key=KEY, url=twin.url))
        port = free_port()
        manager = subprocess.Popen(
            [
                "prometheus-alertmanager",
                f"--config.file={config}",
                f"--storage.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}/api/v2/alerts"
            now = datetime.datetime.now(datetime.timezone.utc)
            alert = {"labels": {"alertname": "DiskFull", "host": "db-1"}, "annotations": {"summary": "the disk is full"}}
            firing = {**alert, "startsAt": now.isoformat(), "endsAt": (now + datetime.timedelta(hours=1)).isoformat()}
            post(url, [firing])
            twin.until("an alert is open", lambda alerts: [a["status"] for a in alerts] == ["open"])
            held = twin.alerts()[0]
            tally.check("its message is the alert's name", held["message"] == "DiskFull")
            tally.check("it has priority and tag", (held["priority"], held["tags"]) == ("P2", ["prometheus"]))
            post(url, [{**firing, "endsAt": now.isoformat()}])
            twin.until("the alert is closed", lambda alerts: [a["status"] for a in alerts] == ["closed"])
            tally.check("it is the same alert", [a["id"] for a in twin.alerts()] == [held["id"]])
            methods = [(r["method"], r["path"]) for r in twin.requests()]
            alias = held["alias"]
            tally.check("two calls were made", methods == [("POST", "/v2/alerts"), ("POST", f"/v2/alerts/{alias}/close")])
        finally:
            manager.terminate()
            manager.wait()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
