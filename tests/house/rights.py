"""Which rights the code behind each handler needs, read from the code; and which its role grants.

A right is `action on resource`, e.g. `dynamodb:PutItem on Cases` or `dynamodb:Query on Cases/index/due`. Rights on
files are not among them: their keys are made at run time, and the local cloud's gate looks at those.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from local.docs import template
from local.docs.code import ROOT, Definition, announcements, module, nodes, reached, resolve

CLOUD = ROOT / "layers/certification/python/certification/cloud"

# The methods of cloud/tables/base.py.
METHODS = {
    "find": "GetItem",
    "read": "GetItem",
    "within": "Query",
    "everything": "Scan",
    "insert": "PutItem",
    "update": "PutItem",
    "put": "PutItem",
    "delete": "DeleteItem",
    "unchanged": "ConditionCheckItem",
    "absent": "ConditionCheckItem",
}
# What other parts of cloud/ need, by the definition that calls AWS.
CALLS: dict[Definition, tuple[str, ...]] = {
    ("certification.cloud.relay", "send"): ("events:PutEvents on Bus",),
    ("certification.cloud.post", "send_email"): ("ses:SendRawEmail",),
    ("certification.cloud.post", "send_sms"): ("sns:Publish",),
}
KEYS = {"fields": "FieldsKey", "lookups": "LookupsKey", "seal": "SealKey", "books": "BooksKey"}
SECRETS = {
    "card": "CardSecret",
    "registry": "RegistrySecretValue",
    "education": "EducationSecretValue",
    "alipay": "AlipaySecret",
    "wechat_pay": "WechatPaySecret",
}
SECRET = ("certification.cloud.secrets", "secret")
JOBS = ("certification.acts.deadlines", "JOBS")
OUTBOX = "dynamodb:PutItem on Outbox"
COMMIT = ("certification.cloud.transaction", "commit")
"""Whoever announces writes to the outbox; `commit` alone does not."""


@cache
def tables() -> dict[Definition, ast.ClassDef]:
    """Every table of the code, as it is imported, with its class."""
    found = {}
    for path in [*sorted((CLOUD / "tables").glob("*.py")), CLOUD / "outbox.py"]:
        home = module("certification." + ".".join(path.relative_to(CLOUD.parent).with_suffix("").parts))
        assert home is not None
        classes = {
            name: node
            for name, each in home.definitions.items()
            for node in each
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).startswith("Table[") for base in node.bases)
        }
        for name, each in home.definitions.items():
            for node in each:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    made = ast.unparse(node.value.func)
                    if made in classes:
                        found[home.name, name] = classes[made]
    return found


def table_name(table: ast.ClassDef) -> str:
    for node in table.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "name":
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{table.name} has no name")


def needed_by_method(table: Definition, method: str) -> Iterator[str]:
    """What one method of a table needs: its own if it defines one, else that of every table."""
    definition = tables()[table]
    name = table_name(definition)
    own = [node for node in definition.body if isinstance(node, ast.FunctionDef) and node.name == method]
    if not own:
        if method in METHODS:
            yield f"dynamodb:{METHODS[method]} on {name}"
        return
    for node in ast.walk(own[0]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            whose, what = ast.unparse(node.func.value), node.func.attr
            if what == "query":
                index = whose.split(".")[-1].removesuffix("_index")
                yield f"dynamodb:Query on {name}/index/{index}" if "." in whose else f"dynamodb:Query on {name}"
            elif whose in ("self", "super()"):
                yield from (f"dynamodb:{METHODS[what]} on {name}" for what in [what] if what in METHODS)


def needed(function: str) -> set[str]:
    """The rights that the code behind a handler can come to need."""
    found = {right for definition in reached(function) for right in CALLS.get(definition, ())}
    for definition in reached(function) - {COMMIT}:
        home = module(definition[0])
        assert home is not None
        for node in nodes(definition):
            names = home.local_names(node)
            found |= set(_keys_used(node))
            for each in ast.walk(node):
                if isinstance(each, ast.Attribute) and (table := resolve(home, names, each.value)) in tables():
                    assert table is not None
                    found |= set(needed_by_method(table, each.attr))
                elif isinstance(each, ast.Call) and resolve(home, names, each.func) == SECRET:
                    which = each.args[0]
                    assert isinstance(which, ast.Constant), f"{definition} asks for a secret by a variable"
                    found.add(f"secretsmanager:GetSecretValue on {SECRETS[str(which.value)]}")
                elif isinstance(each, ast.Attribute) and each.attr == "due_by":
                    found |= {f"dynamodb:Query on {table}/index/due" for table in _listed_tables()}
    if announcements(function):
        found.add(OUTBOX)
    return found


def _keys_used(node: ast.AST) -> Iterator[str]:
    """`clients.kms().generate_mac(KeyId=settings().key("lookups"), …)` needs kms:GenerateMac on LookupsKey."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and ast.unparse(each.func).startswith("clients.kms()."):
            method = ast.unparse(each.func).split(".")[-1]
            keys = [ast.unparse(given.value) for given in each.keywords if given.arg == "KeyId"]
            purpose = re.fullmatch(r"settings\(\)\.key\('(\w+)'\)", "".join(keys))
            assert purpose, f"which key is {keys}?"
            yield f"kms:{''.join(word.capitalize() for word in method.split('_'))} on {KEYS[purpose[1]]}"


def _listed_tables() -> set[str]:
    home = module(JOBS[0])
    assert home is not None
    listed = {resolve(home, home.names, each) for node in nodes(JOBS) for each in ast.walk(node)}
    return {table_name(tables()[table]) for table in listed if table in tables()}


WATCHED = ("dynamodb:", "kms:", "events:", "ses:", "sns:", "secretsmanager:")
# Reading a stream is the poller's right; the seal's calls are made inside the library that signs.
ELSEWHERE = {"kms:Sign on SealKey", "kms:GetPublicKey on SealKey"}


def granted(logical_id: str) -> set[str]:
    """The rights of a function's role, as far as the code can be asked about them."""
    resources = template.template()["Resources"]
    role = resources[resources[logical_id]["Properties"]["Role"]]["Properties"]
    found = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            for action in actions:
                if (
                    action.startswith(WATCHED)
                    and "Stream" not in action
                    and "Record" not in action
                    and "Shard" not in action
                ):
                    plain = action.startswith(("ses:", "sns:"))
                    found.add(action if plain else f"{action} on {statement['Resource']}")
    return found - ELSEWHERE
