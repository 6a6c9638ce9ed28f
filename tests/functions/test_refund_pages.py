"""Money that goes back, as candidates and the money desk see it by page and by program, in both languages."""

from datetime import timedelta
from typing import Any

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from local import seed
from local.candidate import ApiCandidate
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.stand import OFFICER, REVIEWER, SITTING, Stand

OTHER = "cgptc-demo-later"


def switch(stand: Stand, *names: str) -> None:
    stand.cloud.simulators["card"].control("clear", {})
    for name in names:
        stand.cloud.simulators["card"].control("switch", {"name": name})


def plain(page: str) -> str:
    """A page with its spaces that do not break as other spaces."""
    return page.replace("\xa0", " ")


def desk(stand: Stand, email: str = REVIEWER) -> Browser:
    person = ApiStaff(stand.cloud, email)
    person.session = stand.sign_in_staff(email)
    return Browser(stand, person)


def withdrawn(stand: Stand, *misbehaviour: str) -> ApiCandidate:
    candidate = stand.registered()
    switch(stand, *misbehaviour)
    candidate.withdraw()
    stand.cloud.settle()
    switch(stand)
    return candidate


@pytest.mark.rule("PAY-10")
def test_a_candidate_sees_every_order_payment_and_refund_with_its_dates(stand: Stand) -> None:
    candidate = withdrawn(stand)
    (refund,) = refunds.everything()
    page = plain(Browser(stand, candidate).get("/payments"))
    for word in (refund.order, refund.id, "USD 108.00", "USD 27.00", "Set aside for you", "Done", "a part", "card"):
        assert str(word) in page, word
    chinese = Browser(stand, candidate, "zh").get("/payments")
    assert all(word in chinese for word in ("缴费与退款", "已完成", "已预留", "扣除手续费"))
    own = stand.call("GET", "/api/candidate/payments", session=candidate.session).body["orders"]
    assert [(order["number"], order["state"], order["money"]) for order in own] == [(refund.order, "voided", "part")]
    assert [one["paid"][0]["money"]["amount"] for one in own[0]["payments"]] == [13_500]
    assert [date["state"] for date in own[0]["refunds"][0]["dates"]] == ["reserved", "submitted", "succeeded"]
    application = Browser(stand, candidate).get(f"/apply/{candidate.reference}")
    assert refund.id in application
    assert "Your bank may need a few days" in application


@pytest.mark.rule("PAY-10")
def test_nobody_sees_the_payments_of_another(stand: Stand) -> None:
    withdrawn(stand)
    stranger = stand.candidate(email="another@example.test", phone="+85251230099", id_number="SAMPLE0099")
    assert stand.call("GET", "/api/candidate/payments", session=stranger.session).body == {"orders": []}
    assert "You have no orders yet" in Browser(stand, stranger).get("/payments")


@pytest.mark.rule("REF-04")
def test_the_desk_sends_a_failed_refund_again_by_page(stand: Stand) -> None:
    candidate = withdrawn(stand, "refund_fails")
    stand.cloud.advance(timedelta(hours=1, minutes=5))
    (failed,) = refunds.everything()
    assert "Did not arrive" in Browser(stand, candidate).get("/payments")
    browser = desk(stand)
    assert failed.id in browser.get("/staff/refunds")
    assert "The card is expired or cancelled" in browser.get(f"/staff/refunds/{failed.id}")
    browser.post(f"/staff/refunds/{failed.id}/retry")
    stand.cloud.settle()
    assert refunds.read(f"{failed.id}.2").state == "succeeded"
    assert f"{failed.id}.2" in browser.get("/staff/refunds?listed=ended")
    assert "There are none" in browser.get("/staff/refunds")
    assert f"sent again as {failed.id}.2" in Browser(stand, candidate).get("/payments")


def test_paying_by_hand_needs_a_reason_and_says_so_on_the_page(stand: Stand) -> None:
    withdrawn(stand, "refund_fails")
    stand.cloud.advance(timedelta(hours=1, minutes=5))
    (failed,) = refunds.everything()
    browser = desk(stand)
    browser.get(f"/staff/refunds/{failed.id}")
    assert "Say why" in browser.post(f"/staff/refunds/{failed.id}/by-hand", reason="")
    page = browser.post(f"/staff/refunds/{failed.id}/by-hand", reason="To the account in the letter")
    assert "To the account in the letter" in page
    assert refunds.read(failed.id).state == "manual"
    assert str(refunds.read(failed.id).case) in page


@pytest.mark.rule("REF-04")
@pytest.mark.scenario(55)
def test_the_desk_sends_part_of_a_payment_back_by_page_after_seeing_what_is_left(stand: Stand) -> None:
    candidate = stand.registered()
    order = candidate.order()["number"]
    browser = desk(stand)
    assert "No payment with money" in browser.get("/staff/payments?of=APP-26-000000000A")
    found = browser.get(f"/staff/payments?of={candidate.reference}")
    (payment,) = {one.id for one in payments.everything() if one.facts}
    assert all(words in found for words in (payment, order))
    path = f"/staff/payments/{payment}/refund"
    assert "another has confirmed" in browser.get(path)
    typed = {"amount": "96.00", "because": "complaint", "reason": "Agreed by telephone"}
    for wrong, words in (
        ({"amount": "0"}, "More than nothing"),
        ({"amount": "EUR 5"}, "It was paid in USD"),
        ({"amount": "135.01"}, "more than is left"),
        ({"because": ""}, "Choose why"),
        ({"because": "other", "reason": ""}, "Say why"),
    ):
        assert words in plain(browser.post(path, **(typed | wrong))), wrong
    shown = plain(browser.post(path, **typed))
    assert all(words in shown for words in ("USD 96.00", "USD 39.00", "Agreed after a complaint: Agreed by telephone"))
    assert list(refunds.everything()) == []
    seen = str(payments.read(payment).version)
    stale = plain(browser.post(path, **typed, confirmed="yes", seen="0"))
    assert "meanwhile" in stale
    for _ in range(2):  # pressed twice
        browser.get(path)
        browser.post(path, **typed, confirmed="yes", seen=seen)
    (refund,) = refunds.everything()
    assert (refund.state, refund.money.amount, refund.reason_zh) == (
        "requested",
        9_600,
        "投诉处理结果：Agreed by telephone",
    )
    assert "USD 39.00" in plain(browser.get(path))
    assert browser.get(f"/staff/refunds/{refund.id}").count(path) == 1
    stranger = desk(stand, OFFICER)
    assert "USD 135.00" not in plain(stranger.get(path))


@pytest.mark.rule("REF-03")
def test_an_exam_is_called_off_and_the_candidate_chooses_by_page(stand: Stand) -> None:
    candidate = stand.registered()
    later: dict[str, Any] = seed.demo_sitting(stand.clock.now() + timedelta(days=60), OTHER, number=2)
    seed_sitting(stand, later)
    officer = desk(stand, OFFICER)
    assert "Call the exam off" in officer.get(f"/staff/sittings/{SITTING}")
    officer.get(f"/staff/sittings/{SITTING}/call-off")
    assert "both languages" in officer.post(f"/staff/sittings/{SITTING}/call-off", why_en="", why_zh="")
    page = officer.post(
        f"/staff/sittings/{SITTING}/call-off", why_en="The hall was flooded.", why_zh="考场进水。", instead=OTHER
    )
    assert "The hall was flooded." in page
    stand.cloud.settle()
    browser = Browser(stand, candidate)
    assert "Choose what follows" in browser.get(f"/apply/{candidate.reference}")
    offered = plain(browser.get(f"/apply/{candidate.reference}/called-off"))
    assert all(words in offered for words in ("The hall was flooded.", "Everything back: USD 135.00", "Another date"))
    assert "Choose one of the offers" in browser.post(f"/apply/{candidate.reference}/called-off")
    browser.post(f"/apply/{candidate.reference}/called-off", choice=OTHER)
    moved = applications.read(candidate.reference)
    assert (moved.status, moved.sitting) == ("registered", OTHER)
    assert "目前无需选择" in Browser(stand, candidate, "zh").get(f"/apply/{candidate.reference}/called-off")


def seed_sitting(stand: Stand, sitting: dict[str, Any]) -> None:
    import json

    seed.drop(stand.cloud, f"sittings/{sitting['id']}.json", json.dumps(sitting).encode(), seed.OFFICER)
    stand.cloud.settle()
