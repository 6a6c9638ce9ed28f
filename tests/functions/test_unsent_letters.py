"""Letters of which nobody knows whether they went are listed for operations, once."""

from datetime import timedelta

import pytest

from certification.cloud import post
from certification.cloud.tables.cases import cases
from certification.cloud.tables.messages import messages
from tests.functions.accounting import owner
from tests.functions.stand import Stand


def prove(stand: Stand) -> list[str]:
    """What the nightly job says now."""
    return list(stand.cloud.invoke("assay-check_invariants", {})["differences"])


def test_a_letter_that_was_begun_and_never_marked_opens_a_case(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    who = stand.id_of(owner(stand))

    def dies(*_: object) -> None:
        raise RuntimeError("the process was killed")

    with monkeypatch.context() as patched:
        patched.setattr(post, "send_email", dies)
        stand.cloud.settle()
    (begun,) = [one for one in messages.within(who) if one.state == "claimed"]
    stand.wait(timedelta(hours=1) - timedelta(seconds=1))
    assert prove(stand) == [], "it may still be on its way"
    stand.wait(timedelta(seconds=1))
    for _ in range(2):
        (said,) = prove(stand)
        assert said.startswith("letters: begun and not known to be sent: AccountCreated to ")
        assert (who in said, begun.channel in said) == (True, True)
    (case,) = [one for one in cases.everything() if one.kind == "failed_machine"]
    assert (case.desk, case.facts["difference"]) == ("operations", said)
    stand.wait(timedelta(hours=24))
    assert prove(stand) == [], "the night after says nothing new"
