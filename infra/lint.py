#!/usr/bin/env python3
"""Lints the templates as CloudFormation will see them, without an account and without a network.

`sam validate` looks at the root template alone and misses references that only exist after the
transform. So this writes the root and every generated template as plain CloudFormation into a folder,
with local paths replaced by addresses, and runs cfn-lint on them. It also holds the limits that no
linter knows, and what the two kinds of templates must agree on. Run by `.venv/aws/bin/python`.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

HERE = pathlib.Path(__file__).resolve().parent
GENERATED = HERE / "generated"
REGION = "eu-central-1"
BUCKET = {"S3Bucket": "artifacts", "S3Key": "code.zip"}
RESOURCES_MAX = 400


class NoManagedPolicies:
    """The template names none."""

    def load(self):
        return {}


def translated(root):
    """The root template after the transform."""
    for resource in root["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = "s3://artifacts/code.zip"
        if resource["Type"] == "AWS::CloudFormation::Stack":
            properties["TemplateURL"] = "https://artifacts.s3.amazonaws.com/stack.json"
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    return transform(root, {}, NoManagedPolicies())


def packaged(stack):
    """A generated template as `sam deploy` uploads it."""
    for resource in stack["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = BUCKET
    return stack


def parameter_faults(root, stacks):
    """Every nested stack gets exactly the parameters that it takes."""
    for name, resource in root["Resources"].items():
        if resource["Type"] != "AWS::CloudFormation::Stack":
            continue
        file = resource["Properties"]["TemplateURL"].removeprefix("generated/")
        if file not in stacks:
            yield f"{name}: there is no infra/generated/{file}"
            continue
        given, taken = set(resource["Properties"]["Parameters"]), set(stacks[file]["Parameters"])
        if given != taken:
            yield f"{name}: parameters differ: {sorted(given ^ taken)}"
    used = {
        resource["Properties"]["TemplateURL"].removeprefix("generated/")
        for resource in root["Resources"].values()
        if resource["Type"] == "AWS::CloudFormation::Stack"
    }
    for file in sorted(set(stacks) - used):
        yield f"infra/generated/{file} is in no stack of the root template"


def statement_faults(name, resource):
    """No star where a resource could be named."""
    for policy in resource["Properties"].get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            tracing = all(action.startswith("xray:Put") for action in actions)
            if statement["Resource"] == "*" and not tracing:
                yield f"{name}: {actions} on every resource"
            if any("*" in action or action == "dynamodb:Scan" for action in actions):
                yield f"{name}: {actions} is not a list of actions that a function needs"
            rows = any(action.startswith("dynamodb:") and "Stream" not in action and action != "dynamodb:GetRecords"
                       and action != "dynamodb:GetShardIterator" for action in actions)
            if rows and "Condition" not in statement:
                yield f"{name}: {actions} is not bounded to kinds of rows"


def resource_faults(name, resource, resources):
    """What every resource of a type must have."""
    properties = resource["Properties"]
    kind = resource["Type"]
    if kind == "AWS::IAM::Role":
        yield from statement_faults(name, resource)
    if kind == "AWS::SQS::Queue":
        if not properties.get("SqsManagedSseEnabled"):
            yield f"{name}: not encrypted"
        if not name.endswith("Dead") and "RedrivePolicy" not in properties:
            yield f"{name}: no dead letters"
    if kind == "AWS::Lambda::EventSourceMapping":
        if properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one bad message fails a whole batch"
        source = properties["EventSourceArn"].get("Fn::GetAtt", [""])[0]
        queue = resources.get(source, {})
        if queue.get("Type") == "AWS::SQS::Queue":
            function = resources[properties["FunctionName"]["Ref"]]
            if queue["Properties"]["VisibilityTimeout"] < 6 * function["Properties"]["Timeout"]:
                yield f"{name}: messages come again while they are worked on"
    if kind == "AWS::Scheduler::Schedule" and "DeadLetterConfig" not in properties["Target"]:
        yield f"{name}: no dead letters"
    if kind == "AWS::S3::Bucket":
        blocks = properties.get("PublicAccessBlockConfiguration", {})
        if len(blocks) != 4 or not all(blocks.values()):
            yield f"{name}: may become public"


def faults(root, translated_root, stacks):
    """What is wrong, as sentences."""
    yield from parameter_faults(root, stacks)
    for file, stack in [("root", translated_root), *stacks.items()]:
        resources = stack["Resources"]
        if len(resources) > RESOURCES_MAX:
            yield f"{file}: {len(resources)} resources; {RESOURCES_MAX} are allowed"
        for name, resource in resources.items():
            for fault in resource_faults(name, resource, resources):
                yield f"{file}: {fault}"


def main():
    parse = lambda: yaml_parse((HERE / "root.yaml").read_text())
    stacks = {path.name: packaged(json.loads(path.read_text())) for path in sorted(GENERATED.glob("*.json")) if path.name not in ("openapi.json", "asyncapi.json")}
    plain_root = translated(parse())
    found = list(faults(parse(), plain_root, stacks))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, stack in [("root.json", plain_root), *stacks.items()]:
            text = json.dumps(stack, indent=1)
            print(f"{name}: {len(stack['Resources'])} resources, {len(text) // 1024} KiB")
            path = pathlib.Path(folder) / name
            path.write_text(text)
            paths.append(str(path))
        command = [str(pathlib.Path(sys.executable).parent / "cfn-lint"), "--region", REGION, "--", *paths]
        linted = subprocess.run(command, text=True, capture_output=True, check=False)
        if linted.returncode != 0:
            found.append(f"cfn-lint:\n{linted.stdout}{linted.stderr}")
    for fault in found:
        print(f"fault: {fault}")
    print(f"{1 + len(stacks)} templates, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
