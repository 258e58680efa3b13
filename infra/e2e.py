#!/usr/bin/env python3
"""Deploys the whole product with `sam deploy` into an emulator of AWS and runs the black-box suite there.

Starts the emulator on a free loopback port, packs the host-built dev binaries as the functions' code,
deploys the templates as they are, tells the suite where the API is, and takes everything down again. It
ends only what it started. Run by `.venv/emulator/bin/python`, with `.venv/aws` beside it.

What the emulator cannot show is in infra/EMULATED.md.
"""

import argparse
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
import zipfile

import boto3

REPO = pathlib.Path(__file__).resolve().parent.parent
SAM = REPO / ".venv/aws/bin/sam"
EMULATOR = REPO / ".venv/emulator/bin/ministack"
BINARIES = ["authorizer", "identity", "marketplace", "operator", "platform", "projects", "relay"]
REGION, PREFIX, HOME = "us-east-1", "cws-e2e", "local"
SUITE = ["cargo", "test", "--quiet", "-p", "cws-tests", "--test", "e2e"]
PASSWORD = "Correct-Horse-7-Battery"
STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def run(command, **options):
    """Runs a command whose output is only of interest when it fails."""
    done = subprocess.run(command, cwd=REPO, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-8000:]}{done.stderr[-8000:]}")
    return done.stdout


def build():
    say("building the functions (dev profile; the first time takes some minutes)")
    run(["cargo", "build", "--quiet", "-p", "cws-lambda", "--bins"])
    target = json.loads(run(["cargo", "metadata", "--format-version", "1", "--no-deps"]))["target_directory"]
    for name in BINARIES:
        folder = REPO / "dist/lambda" / name
        folder.mkdir(parents=True, exist_ok=True)
        code = folder / "bootstrap"
        run(["strip", "-o", code, f"{target}/debug/{name}"])
        pack(code)


def pack(code):
    """One archive for all functions of a domain, packed once; `cargo lambda build` makes the same shape."""
    entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(code.with_suffix(".zip"), "w") as archive:
        archive.writestr(entry, code.read_bytes(), compresslevel=1)
    code.unlink()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def emulator(folder, enforce):
    """A running emulator; ended by its process group, which holds the functions' processes too."""
    port = free_port()
    environment = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "AUTH": "true" if enforce else "false",
    }
    log = open(folder / "emulator.log", "w")
    process = subprocess.Popen([EMULATOR], env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for_health(process, endpoint)
        yield endpoint
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def wait_for_health(process, endpoint):
    for _ in range(150):
        if process.poll() is not None:
            raise SystemExit("the emulator ended at its start")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2).close()
            return
        time.sleep(0.2)
    raise SystemExit("the emulator does not answer")


def credentials(endpoint):
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }


class Deployment:
    """What was deployed, and how to reach it."""

    def __init__(self, endpoint, stack):
        self.endpoint = endpoint
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
        self.client = lambda service: boto3.client(service, endpoint_url=endpoint, **keys)
        self.stack = stack
        self.out = {}

    def deploy(self):
        self.client("s3").create_bucket(Bucket="artifacts")
        overrides = ["Stage=local", f"Prefix={PREFIX}", f"HomeInstitution={HOME}", f"Endpoint={self.endpoint}",
                     "AllowedOrigins=https://portal.example.org", "LogLevel=info"]
        command = [SAM, "deploy", "--template-file", "infra/root.yaml", "--stack-name", self.stack,
                   "--config-env", "none", "--region", REGION, "--s3-bucket", "artifacts",
                   "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
                   "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *overrides]
        process = subprocess.Popen(command, cwd=REPO, env=credentials(self.endpoint), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "_COMPLETE" in line and "AWS::CloudFormation::Stack" in line or "FAILED" in line:
                say("  " + " ".join(line.split()))
        if process.wait() != 0:
            raise SystemExit("sam deploy failed:\n" + "".join(lines[-80:]))
        stacks = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        self.out = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}

    def gateway_answers(self):
        """The emulator does not take the gateway's own answers from the imported body; AWS does."""
        stack = json.loads((REPO / "infra/generated/rest-api.json").read_text())
        body = stack["Resources"]["Api"]["Properties"]["Body"]
        gateway = self.client("apigateway")
        for kind, answer in body["x-amazon-apigateway-gateway-responses"].items():
            headers = {name: value if isinstance(value, str) else "'https://portal.example.org'"
                       for name, value in answer["responseParameters"].items()}
            gateway.put_gateway_response(
                restApiId=self.out["ApiId"], responseType=kind, statusCode=answer["statusCode"],
                responseParameters=headers, responseTemplates=answer["responseTemplates"])
        gateway.create_deployment(restApiId=self.out["ApiId"], stageName="live")

    @property
    def url(self):
        return f"{self.endpoint}/_aws/execute-api/{self.out['ApiId']}/live"

    def leftovers(self):
        """Events that nobody was told of, and messages that nobody could work off."""
        table, found = self.client("dynamodb"), []
        for shard in "0123456789abcdef":
            rows = table.query(TableName=self.out["Table"], KeyConditionExpression="pk = :p",
                               ExpressionAttributeValues={":p": {"S": f"out#{shard}"}})
            found += [f"outbox {row['sk']['S']}" for row in rows["Items"]]
        queues = self.client("sqs")
        for url in queues.list_queues().get("QueueUrls", []):
            if "Dead" in url:
                counted = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
                if counted["Attributes"]["ApproximateNumberOfMessages"] != "0":
                    found.append(f"dead letters in {url}")
        return found

    def admit(self, person):
        """Makes an identity in the user pool, admits it as the operator does, and signs it in."""
        pool, client_id = self.out["UserPool"], self.out["UserPoolClient"]
        cognito = self.client("cognito-idp")
        login = f"{person['institution']}.{person['username']}"
        made = cognito.admin_create_user(UserPoolId=pool, Username=login, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username=login, Password=PASSWORD, Permanent=True)
        attributes = {attribute["Name"]: attribute["Value"] for attribute in made["User"]["Attributes"]}
        payload = {**person, "email": f"{person['username']}@example.org", "full_name": "A Person",
                   "subject": attributes["sub"]}
        answer = self.client("lambda").invoke(FunctionName=f"{PREFIX}-person-admit", Payload=json.dumps(payload))
        admitted = json.load(answer["Payload"])
        if "user_id" not in admitted:
            raise RuntimeError(f"not admitted: {admitted}")
        session = cognito.admin_initiate_auth(
            UserPoolId=pool, ClientId=client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": login, "PASSWORD": PASSWORD})
        return {"user_id": admitted["user_id"], "token": session["AuthenticationResult"]["AccessToken"]}


@contextlib.contextmanager
def people(deployment):
    """Where the suite asks for people: sign-up belongs to the account's operator, not to the API."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                status, answer = 200, deployment.admit(asked)
            except Exception as error:  # noqa: BLE001 - whatever it was, the suite is told
                status, answer = 500, {"error": str(error)}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


def suite(deployment, command):
    operator = {"institution": HOME, "institution_name": "The Home Institution", "username": "operator",
                "role": "system_admin"}
    with people(deployment) as url:
        environment = {**os.environ, "API_URL": deployment.url, "API_PEOPLE": url,
                       "API_OPERATOR": deployment.admit(operator)["token"]}
        say(f"running {' '.join(command)} against {deployment.url}")
        return subprocess.run(command, cwd=REPO, env=environment, check=False).returncode


def settled(deployment):
    """After the suite every event is on the bus, and no message is dead."""
    for _ in range(30):
        left = deployment.leftovers()
        if not left:
            say("the outbox is empty and there are no dead letters")
            return 0
        time.sleep(1)
    say("left over: " + ", ".join(left))
    return 1


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--no-build", action="store_true", help="take dist/lambda as it is")
    arguments.add_argument("--no-enforce", action="store_true", help="do not have the emulator enforce roles")
    arguments.add_argument("--keep", action="store_true", help="keep the emulator's log and state")
    arguments.add_argument("--wait", action="store_true", help="leave it running until Enter is pressed")
    arguments.add_argument("suite", nargs="*", default=SUITE, help="the command that tests; default: %(default)s")
    given = arguments.parse_args()
    if not SAM.exists() or not EMULATOR.exists():
        raise SystemExit("run infra/tools.sh first")
    if not given.no_build:
        build()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cws-e2e-"))
    code = 1
    try:
        with emulator(folder, not given.no_enforce) as endpoint:
            say(f"the emulator answers at {endpoint}; deploying")
            deployment = Deployment(endpoint, f"{PREFIX}-{uuid.uuid4().hex[:6]}")
            deployment.deploy()
            deployment.gateway_answers()
            say(f"deployed; the API is at {deployment.url}")
            code = suite(deployment, given.suite) or settled(deployment)
            if given.wait:
                input("press Enter to take it down")
    finally:
        if given.keep or code != 0:
            say(f"the emulator's log is in {folder}/emulator.log")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    say("the deployed suite passed" if code == 0 else f"the deployed suite failed with {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
