"""Lets `trailbell-sim up` deliver to validators that others wrote, and judges by their verdicts.

The validators run as they are. Only the name of SNS's host is led to this machine, and the authority of its
certificate is trusted, both from outside.
"""

import argparse
import copy
import http.server
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request

HOST = "sns.us-east-1.amazonaws.com"
PATIENCE = 60

TEMPLATE = {
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "https", "Endpoint": "https://example.org/"},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "Grüße \"an\" alle",
                "Namespace": "N",
                "MetricName": "M",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 0,
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
    }
}


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted, and answers 200."""

    posted = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.put(body.decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class World:
    """A running `trailbell-sim up` of one signature version."""

    def __init__(self, program, version, receiver, folder):
        template = copy.deepcopy(TEMPLATE)
        template["Resources"]["Topic"]["Properties"]["SignatureVersion"] = version
        path = os.path.join(folder, f"template-{version}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(template, file)
        self.authority = os.path.join(folder, f"authority-{version}.pem")
        self.process = subprocess.Popen(
            [program, "up", path, "--endpoint", receiver, "--sns-ca", self.authority, "--format", "json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.sns = self._address("SNS")
        self.control = self._address("control API")

    def _address(self, what):
        for line in self.process.stderr:
            if line.startswith(what):
                return line.split("//")[1].split()[0]
        sys.exit("trailbell-sim up did not start")

    def call(self, method, path, body):
        request = urllib.request.Request(
            f"http://{self.control}{path}", json.dumps(body).encode() if body else None, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def lead_to(address):
    """From now on, the name of SNS's host leads to `address`."""
    host, port = address.split(":")
    original = socket.getaddrinfo

    def getaddrinfo(name, *arguments, **named):
        if name == HOST:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, int(port)))]
        return original(name, *arguments, **named)

    socket.getaddrinfo = getaddrinfo
    return lambda: setattr(socket, "getaddrinfo", original)


def validators(version, node, world):
    """Name and a function that raises if it refuses a message."""
    import aws_sns_verifier
    from sns_message_validator import SNSMessageValidator

    def verifier(message):
        aws_sns_verifier.validate_sns_signature(message, auto_confirm_subscription=False)

    yield "aws-sns-verifier", verifier
    if version == "1":
        yield "sns-message-validator", SNSMessageValidator().validate_message
    if node:
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "validate.js")
        environment = dict(
            os.environ,
            NODE_PATH=os.path.abspath(os.path.join(node, "node_modules")),
            NODE_EXTRA_CA_CERTS=world.authority,
            SNS_HOST=HOST,
            SNS_PORT=world.sns.split(":")[1],
        )

        def in_node(message):
            ran = subprocess.run(
                ["node", script], input=json.dumps(message), text=True, env=environment, capture_output=True
            )
            if ran.returncode:
                raise ValueError(ran.stderr.strip())

        yield "sns-validator", in_node


def altered(message):
    """Copies with one signed member changed, or the signature."""
    for name in ("Message", "MessageId", "Timestamp", "TopicArn", "Subject", "Token", "SubscribeURL"):
        if name in message:
            yield name, {**message, name: message[name] + " "}
    signature = message["Signature"]
    yield "Signature", {**message, "Signature": ("B" if signature[0] != "B" else "C") + signature[1:]}


def judge(version, message, checks):
    """How many verdicts were as they should be, and what was wrong."""
    right, wrong = 0, []
    for name, check in checks:
        place = f"{name}, version {version}, {message['Type']}"
        try:
            check(message)
            right += 1
        except Exception as error:  # whatever a validator raises is its no
            wrong.append(f"{place}: refused: {error}")
        for member, copied in altered(message):
            try:
                check(copied)
                wrong.append(f"{place}: took a copy with another {member}")
            except Exception:
                right += 1
    return right, wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--node")
    arguments = arguments.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/"
    right, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for version in ("1", "2"):
            world = World(arguments.program, version, endpoint, folder)
            back = lead_to(world.sns)
            # urllib reads the one, requests the other.
            os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = world.authority
            try:
                checks = list(validators(version, arguments.node, world))

                def judged(kind):
                    nonlocal right
                    message = json.loads(Receiver.posted.get(timeout=PATIENCE))
                    if message["Type"] != kind:
                        wrong.append(f"version {version}: {message['Type']} came, not {kind}")
                    some, others = judge(version, message, checks)
                    right += some
                    wrong.extend(others)
                    return message

                confirmation = judged("SubscriptionConfirmation")
                with urllib.request.urlopen(confirmation["SubscribeURL"], timeout=PATIENCE) as answer:
                    answer.read()
                alarm = urllib.parse.quote(TEMPLATE["Resources"]["Alarm"]["Properties"]["AlarmName"])
                wish = {"state": "ALARM", "reason": "a test: über\nzwei lines \U0001f514"}
                world.call("PUT", f"/alarms/{alarm}/state", wish)
                notification = judged("Notification")
                with urllib.request.urlopen(notification["UnsubscribeURL"], timeout=PATIENCE) as answer:
                    answer.read()
                judged("UnsubscribeConfirmation")
            finally:
                back()
                world.stop()
    for line in wrong:
        print(line)
    print(f"{right} passed, {len(wrong)} failed")
    return 1 if wrong or not right else 0


if __name__ == "__main__":
    sys.exit(main())
