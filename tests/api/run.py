"""Starts `cws` over a fresh data directory, validates its OpenAPI 3.1 document, and lets schemathesis look
for server errors, answers that the document does not know, ignored authentication and access to what
belongs to another person, as two people of two institutions.

    tests/api/run.sh [--seconds N]
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "glacier otter maps 42"
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "positive_data_acceptance",
        "missing_required_header",
        "unsupported_method",
        "allow_header_conformance",
        "use_after_free",
        "ensure_resource_availability",
        "ignored_auth",
        "object_level_authorization",
    ]
)
# What may be answered to a request that fits its schema, besides success: what a schema cannot tell.
WELL_FORMED = ["2xx", "304", "401", "403", "404", "409", "410", "412", "422", "429"]
# Whose 400 is not about form: a cursor is sealed, a JSON number may be written 4 or 4.0, two days have a span.
FORM_IS_NOT_ALL = ["audit_verify", "review_submit", "review_update", "template_usage"]
# What is still there after a DELETE: archiving a project keeps it to be read.
STAYS = ["project_view", "project_update", "project_archive", "member_list", "member_view"]
# What may be answered to a request that does not fit: a condition or a missing thing may be found first.
MALFORMED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]

# Signing out ends the very token that the run works with; the answers of these are covered by tests/it.
LEFT_OUT = ["session_delete", "password_change", "mfa_verify", "mfa_enroll", "user_deactivate", "institution_create"]


def program():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / "cws"


def call(base, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, data, headers), timeout=60) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def start(data):
    server = subprocess.Popen(
        [program(), "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-json", "--log", "warn,cws::request=info"],
        stdout=subprocess.PIPE,
        stderr=open(pathlib.Path(data) / "server.log", "w"),
        text=True,
    )
    first = server.stdout.readline()
    if "listens on " not in first:
        sys.exit(f"the server did not start: {first}{(pathlib.Path(data) / 'server.log').read_text()}")
    return server, first.split("listens on ")[1].strip()


def person(base, operator, institution, role, name):
    """A person who signs in with a password, and the access token."""
    new = {"institution": institution, "username": name, "email": f"{name}@example.org", "full_name": name, "role": role}
    made = call(base, "/api/v2/users/registry", new, operator)
    call(base, "/api/v2/auth/password", {"token": made["setup_token"], "password": PASSWORD})
    login = {"institution": institution, "login": name, "password": PASSWORD}
    return call(base, "/api/v2/auth/sessions", login)["access_token"]


def validate(document):
    from openapi_spec_validator import OpenAPIV31SpecValidator

    faults = list(OpenAPIV31SpecValidator(document).iter_errors())
    for fault in faults:
        print(f"document: {fault.message} at {list(fault.absolute_path)}")
    return len(faults)


def configure(folder, document):
    """What the fuzzer is to expect; 400 to a well-formed request only where a cursor may be wrong."""
    operations = [op for path in document["paths"].values() for op in path.values()]
    with_cursor = {op["operationId"] for op in operations if any(p["name"] == "cursor" for p in op["parameters"])}
    text = f"""
[checks]
positive_data_acceptance.expected-statuses = {json.dumps(WELL_FORMED)}
negative_data_rejection.expected-statuses = {json.dumps(MALFORMED)}
missing_required_header.expected-statuses = ["401", "428"]

[[operations]]
include-operation-id = {json.dumps(sorted(with_cursor.union(FORM_IS_NOT_ALL)))}
checks.positive_data_acceptance.expected-statuses = {json.dumps(WELL_FORMED + ["400"])}

[[operations]]
include-operation-id = {json.dumps(STAYS)}
checks.use_after_free.enabled = false
"""
    config = folder / "schemathesis.toml"
    config.write_text(text)
    return config


def fuzz(base, folder, config, tokens, seconds):
    users = folder / "users.json"
    entries = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in tokens.items()
    ]
    users.write_text(json.dumps({"auth": entries}))
    left_out = [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
    command = [
        str(ROOT / ".venv/api/bin/schemathesis"), "--config-file", str(config), "run", f"{base}/openapi.json",
        "--auth-wfc", str(users), "--checks", CHECKS, "--max-time", str(seconds), "--seed", "1",
        "--generation-database", "none", "--max-examples", "25", "--continue-on-failure", "--request-timeout", "30",
        "--no-color", "--warnings", "off", *left_out,
    ]
    return subprocess.run(command, cwd=folder).returncode


def who_asked(lines, people):
    """Whether both people and nobody in particular did ask, so that the checks about access had something to compare."""
    requests = [line for line in lines if line.get("target") == "cws::request"]
    counts = {name: sum(line.get("actor") == user_id for line in requests) for name, user_id in people.items()}
    counts["nobody"] = sum(line["status"] == 401 for line in requests)
    print(f"requests: {counts}")
    return all(count >= 10 for count in counts.values())


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=150, help="time for the fuzzer")
    seconds = options.parse_args().seconds
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as data:
        folder = pathlib.Path(data)
        server, base = start(data)
        try:
            operator = (folder / "admin.key").read_text().strip()
            document = call(base, "/openapi.json")
            faults = validate(document)
            passed, failed = passed + (faults == 0), failed + (faults > 0)
            call(base, "/api/v2/institutions", {"id": "elsewhere", "name": "Elsewhere"}, operator)
            tokens = {
                "ada": person(base, operator, "local", "institution_admin", "ada"),
                "eve": person(base, operator, "elsewhere", "institution_admin", "eve"),
            }
            people = {name: call(base, "/api/v2/users/me", None, token)["id"] for name, token in tokens.items()}
            code = fuzz(base, folder, configure(folder, document), tokens, seconds)
            passed, failed = passed + (code == 0), failed + (code != 0)
            alive = call(base, "/health")["status"] == "ok"
            passed, failed = passed + alive, failed + (not alive)
        finally:
            server.terminate()
            ended = server.wait(timeout=30)
        lines = [json.loads(line) for line in (folder / "server.log").read_text().splitlines() if line.startswith("{")]
        faults = [line for line in lines if line["level"] == "ERROR"]
        faults += [line for line in (folder / "server.log").read_text().splitlines() if not line.startswith("{")]
        for fault in faults[:20]:
            print(f"log: {fault}")
        clean = ended == 0 and not faults
        passed, failed = passed + clean, failed + (not clean)
        asked = who_asked(lines, people)
        passed, failed = passed + asked, failed + (not asked)
    print(f"counted: {passed} passed {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
