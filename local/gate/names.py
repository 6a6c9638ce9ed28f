"""What the gate knows about names: ARNs from what a call carries, keys behind aliases and ciphertexts, hash keys."""

from dataclasses import dataclass, field
from typing import NamedTuple

from local.gate.evaluate import Context
from local.stack import ACCOUNT, REGION, Stack


class Need(NamedTuple):
    """One right: this action on this resource, with what the request carries."""

    action: str
    resource: str
    context: Context = {}


class UnmappedOperation(Exception):
    """Nobody wrote down which rights an operation needs. Closed until somebody does (local/gate/needs.py)."""

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(
            f"the gate does not know which rights {service}:{operation} needs: add it to local/gate/needs.py"
        )


@dataclass
class Names:
    """The names of one stack, and the region of the client that calls."""

    aliases: dict[str, str] = field(default_factory=dict)
    hash_keys: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    senders: frozenset[str] = frozenset()
    region: str = REGION

    @classmethod
    def of(cls, stack: Stack) -> "Names":
        """The names that a deployed template gives."""
        resources = {
            logical_id: resource
            for logical_id, resource in stack.template.get("Resources", {}).items()
            if logical_id in stack.physical
        }

        def physical(kind: str) -> list[str]:
            return [name for name, resource in resources.items() if resource["Type"] == kind]

        hash_keys = {}
        for logical_id in physical("AWS::DynamoDB::Table"):
            schema = resources[logical_id]["Properties"]["KeySchema"]
            attribute = next(key["AttributeName"] for key in schema if key["KeyType"] == "HASH")
            hash_keys[stack.physical[logical_id]] = attribute
        secrets = physical("AWS::SecretsManager::Secret")
        return cls(
            aliases=stack.aliases,
            hash_keys=hash_keys,
            secrets={stack.physical[logical_id]: stack.arns[logical_id] for logical_id in secrets},
            senders=frozenset(stack.physical[logical_id] for logical_id in physical("AWS::SES::EmailIdentity")),
        )

    def arn(self, service: str, rest: str) -> str:
        """An ARN in the client's region."""
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{rest}"

    def key(self, key_id: str) -> str:
        """The ARN of a key by id, ARN, alias or the ARN of an alias: rights are about keys, never about aliases."""
        alias = key_id.split(":", 5)[-1]
        if alias.startswith("alias/"):
            return self.aliases.get(alias, self.arn("kms", alias))
        return key_id if key_id.startswith("arn:") else self.arn("kms", f"key/{key_id}")

    def key_of(self, ciphertext: bytes) -> str:
        """The key that moto names at the head of every ciphertext (36 characters), as KMS does in its own way."""
        return self.key(ciphertext[:36].decode("ascii", "replace"))
