"""What the parts of an application are called: in the policy's words, since an occupation here is a specialty there."""

from certification.portal.views.speech import Speech
from certification.rules.policy import Policy


def label(policy: Policy, question: str, say: Speech) -> str:
    """The name of one question in this scheme; where it is not asked, the portal's own."""
    words = policy.question(question)
    return say.said(words) if words is not None else say(f"choice.{question}")
