"""One candidate and one reviewer through the JSON API, from sign-up to registered."""

from tests.functions.stand import SITTING, Stand


def test_from_sign_up_to_registered(stand: Stand) -> None:
    candidate = stand.registered()
    now = stand.call("GET", f"/api/candidate/applications/{candidate.reference}", session=candidate.session).body
    assert (now["status"], now["turn"], now["sitting"]) == ("registered", "machine", SITTING)
    assert [step["to"] for step in now["timeline"]] == [
        "verifying",
        "awaiting_review",
        "awaiting_payment",
        "registered",
    ]
    assert not stand.cloud.invoker.failures
