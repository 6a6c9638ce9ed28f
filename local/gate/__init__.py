"""The IAM gate: handlers run under the policies of the template itself.

    gate = Gate(stack)
    gate.install()          # from now on every boto3 call under a role (local.chain.ROLE) is checked
    ...
    gate.missing()          # grants the template lacks
    gate.unused()           # grants nobody needed
    gate.uninstall()

Importing this package hooks botocore, for good and without effect while no gate is installed; sessions made before the
import are not hooked, and `chain.check_same_calls(gate)` finds their calls.
"""

from local.gate.gate import AccessDenied, Denied, Gate, Grant, UnknownRole
from local.gate.hooks import install, uninstall
from local.gate.names import UnmappedOperation

__all__ = ["AccessDenied", "Denied", "Gate", "Grant", "UnknownRole", "UnmappedOperation", "install", "uninstall"]
