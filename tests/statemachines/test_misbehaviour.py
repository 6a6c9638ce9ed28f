"""Every provider's simulator misbehaves in every way that providers do, the control room offers it, and the books end right.

The table says which switch is which misbehaviour, and which test plays it through the product; what no other test plays
is played here.
"""

import importlib
from datetime import timedelta

import pytest

from certification.acts import reconciling
from certification.acts import refunds as sending
from certification.cloud.tables.bill_days import bill_days
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.rules.reconciliation import Class
from tests.journeys.stages import Stages
from tests.journeys.town import Town
from tests.statemachines import test_wallets as by_wallet
from tests.statemachines.test_payment import FEE, PAID, books, going_back, kinds, misbehave
from tests.statemachines.test_transfer import transfer, write_file

CARD = "tests.functions.test_incoming:test_however_the_provider_misbehaves_the_books_stay_right"
LOST = "tests.statemachines.test_payment:test_a_checkout_without_an_answer_is_opened_once_all_the_same"
LOST_REFUND = "tests.statemachines.test_refund:test_a_refund_without_an_answer_is_looked_up_and_sent_once"
TWICE = "tests.statemachines.test_wallets:test_notices_twice_a_query_and_a_replay_are_one_payment"
SILENT = "tests.statemachines.test_wallets:test_money_that_was_taken_in_silence_is_found_by_the_jobs_within_a_day"
TWO_WAYS = (
    "tests.statemachines.test_wallets:test_two_ways_paid_for_one_order_the_first_by_the_providers_time_counts_and_the_"
    "other_goes_back"
)
NO_BILL_OF_THE_CARD = "tests.statemachines.test_reconciliation:test_a_bill_that_does_not_come_is_asked_for_every_hour_and_then_by_a_person"
NO_BILL = "tests.functions.test_wallet_adapters:test_a_bill_that_is_not_made_yet_is_asked_for_later"
REFUSED_FILE = "tests.statemachines.test_transfer:test_a_file_that_the_bank_refuses_as_a_whole_fails_every_refund_in_it"
HERE = "here"
WRONG_BILL = "tests.statemachines.test_misbehaviour:test_a_bill_that_is_late_wrong_or_doubled_closes_no_day_on_a_guess"

TABLE: dict[str, dict[str, tuple[str, str]]] = {
    "told twice": {"card": ("event_twice", CARD), "wallets": ("notice_twice", TWICE), "bank": ("twice", HERE)},
    "told in another order": {"card": ("out_of_order", CARD), "wallets": ("out_of_order", HERE), "bank": ("pending", HERE)},
    "told a day late": {
        "card": ("delay_24_hours", CARD), "wallets": ("delay_24_hours", TWO_WAYS), "bank": ("pending", HERE),
    },
    "never told": {"card": ("drop", CARD), "wallets": ("drop", SILENT), "bank": ("gap", HERE)},
    "forged": {"card": ("forged", CARD), "wallets": ("forged", TWICE), "bank": ("mutilate", HERE)},
    "an answer lost": {"card": ("answer_lost", LOST), "wallets": ("answer_lost", HERE), "bank": ("gap", HERE)},
    "a failure stored and repeated": {
        "card": ("stored_500", LOST), "wallets": ("system_error", HERE), "bank": ("reject_file", REFUSED_FILE),
    },
    "the failure of a refund stored": {
        "card": ("refund_500", LOST_REFUND), "wallets": ("not_enough", HERE), "bank": ("reject_file", REFUSED_FILE),
    },
    "refused": {"card": ("refuse", HERE), "wallets": ("refuse", HERE), "bank": ("closed_account", HERE)},
    "its bill late": {"card": ("down", NO_BILL_OF_THE_CARD), "wallets": ("bill_not_ready", NO_BILL), "bank": ("gap", HERE)},
    "its bill wrong": {"wallets": ("bill_wrong", WRONG_BILL), "bank": ("gap", HERE)},
    "a line twice in its bill": {"wallets": ("bill_line_twice", WRONG_BILL), "bank": ("twice", HERE)},
}  # fmt: skip
SIMULATORS = {"card": ("card",), "wallets": ("alipay", "wechatpay"), "bank": ("bank",)}


@pytest.mark.usefixtures("stages")
def test_every_simulator_has_every_switch_the_control_room_offers_it_and_a_test_plays_it(stages: Stages) -> None:
    page = stages.town.cloud.request("GET", "/_local/simulators", {}).text
    for what, row in TABLE.items():
        for kind, (switch, played) in row.items():
            for name in SIMULATORS[kind]:
                known = stages.town.cloud.simulators[name].control("status", {})["known"]
                assert switch in known, f"{name} cannot be {what}"
                form = page.partition(f'action="/_local/{name}/control/switch"')[2]
                assert f'name="name" value="{switch}"' in form, f"the control room does not offer {name} {switch}"
            if played != HERE:
                module, _, test = played.partition(":")
                assert hasattr(importlib.import_module(module), test), f"nothing plays {kind} {what}"


# what no other test plays


@by_wallet.each_wallet
def test_a_refund_told_before_its_payment_ends_in_the_same_books(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    by_wallet.switch(town, method, "out_of_order")
    by_wallet.pay(town, candidate, method)
    assert candidate.awake().status() == "awaiting_payment", "the notice of the payment comes a minute later"
    assert candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment/check", {})["found"]
    town.settle()
    candidate.awake().withdraw()
    town.settle()
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=5))
    (refund,) = refunds.everything()
    assert (refund.state, refund.money.amount) == ("succeeded", FEE * 8 // 10)
    assert books() == {"psp USD": FEE * 2 // 10, "fee USD": -FEE * 2 // 10}
    assert kinds(town) == []


@by_wallet.each_wallet
@pytest.mark.parametrize("failure", ["system_error", "answer_lost", "down"])
def test_a_refund_that_fails_without_saying_what_happened_goes_once_when_the_wallet_is_well_again(
    town: Town, stages: Stages, method: str, failure: str
) -> None:
    candidate = stages.at("to_pay")
    by_wallet.pay(town, candidate, method)
    by_wallet.switch(town, method, failure, "drop")
    candidate.awake().withdraw()
    town.settle()
    assert next(refunds.everything()).state == "submitted"
    by_wallet.switch(town, method, "drop")
    (refund,) = refunds.everything()
    for _ in range(2):  # as the sweep does, which finds it due
        town.wait(timedelta(hours=2))
        sending.send(refund.id)
        town.wait(timedelta(minutes=5))
    assert next(refunds.everything()).state == "succeeded"
    assert [one["cents"] for one in by_wallet.control(town, method, "status")["refunds"]] == [FEE * 8 // 10]
    assert books() == {"psp USD": FEE * 2 // 10, "fee USD": -FEE * 2 // 10}


@pytest.mark.parametrize("method", ["card", *by_wallet.WALLETS])
def test_who_is_refused_a_page_pays_nothing_and_pays_with_the_next(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    if method == "card":
        misbehave(town, "refuse")
        assert candidate.call("POST", path, {}, expect=422)["code"] == "provider_silent"
        candidate.pay()
    elif method == "wechat_pay":
        by_wallet.switch(town, method, "refuse")
        assert candidate.call("POST", f"{path}?method={method}", {}, expect=422)["code"] == "provider_silent"
        by_wallet.pay(town, candidate, method)
    else:  # Alipay refuses where its page is opened
        by_wallet.switch(town, method, "refuse")
        with pytest.raises(KeyError, match="location"):
            by_wallet.scanned(town, candidate, method)
        by_wallet.pay(town, candidate, method)
    town.settle()
    assert (candidate.awake().status(), books(), going_back()) == ("registered", PAID, [])
    assert [str(one.state) for one in payments.everything()].count("captured") == 1


@pytest.mark.parametrize("switch", ["twice", "pending", "gap", "mutilate"])
def test_however_the_bank_writes_a_transfer_it_is_one_or_a_person_places_it(
    town: Town, stages: Stages, switch: str
) -> None:
    candidate = stages.at("to_pay")
    bank = town.cloud.simulators["bank"]
    bank.control("switch", {"name": switch})
    bank.control("transfer", {"amount": "135.00", "text": transfer(candidate)["reference"]})
    for _ in range(2):
        bank.control("carry", {})
        bank.control("statement", {})
    bank.control("carry", {})
    placed = switch != "mutilate"
    assert candidate.awake().status() == ("registered" if placed else "awaiting_payment")
    assert books() == {"bank USD": FEE, f"{'candidate' if placed else 'unapplied'} USD": -FEE}
    assert kinds(town) == ([] if placed else ["unmatched_credit"])
    assert town.failures() == []


def test_a_transfer_that_the_bank_rejects_is_owed_again_and_a_person_sees_to_it(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    bank = town.cloud.simulators["bank"]
    bank.control("transfer", {"amount": "135.00", "text": transfer(candidate)["reference"]})
    bank.control("carry", {})
    bank.control("switch", {"name": "closed_account"})
    candidate.awake().withdraw()
    town.settle()
    write_file(town)
    for _ in range(2):
        bank.control("carry", {})
    (refund,) = refunds.everything()
    assert (refund.state, refund.failure) == ("failed", "AC04")
    assert (sum(books().values()), books()["bank USD"]) == (0, FEE)
    assert kinds(town) == ["money_to_return"]


@pytest.mark.parametrize(
    ("method", "stream"), [("alipay", "alipay_international"), ("wechat_pay", "wechat_pay_global")]
)
def test_a_bill_that_is_late_wrong_or_doubled_closes_no_day_on_a_guess(
    town: Town, stages: Stages, method: str, stream: str
) -> None:
    candidate = stages.at("to_pay")
    by_wallet.pay(town, candidate, method)
    day = town.clock.now().date()
    town.wait(timedelta(days=1, hours=10))
    for switches, state, counts in (
        (("bill_not_ready",), "awaited", {}),
        (("bill_wrong",), "awaited", {}),
        (("bill_line_twice",), "closed", {Class.MATCHED: 1, Class.DUPLICATE_LINE: 1}),
    ):
        by_wallet.switch(town, method, *switches)
        reconciling.run()
        row = bill_days.read(stream, day.isoformat())
        assert (row.state, row.counts) == (state, counts), switches
        town.wait(timedelta(hours=1))
    assert row.sums[0].captured == FEE, "the line that came twice counts once"
    assert {case.facts["bill"] for case in town.cases() if case.kind == "bill_difference"} == {"missing", "refused"}
