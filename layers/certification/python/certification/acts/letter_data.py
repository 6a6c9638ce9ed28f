"""What each letter is told, read from the rows as they are now."""

from collections.abc import Callable
from typing import Any

from certification.acts.account_letter_data import ABOUT_ACCOUNT
from certification.acts.letter_called_off import ABOUT_CALLED_OFF
from certification.acts.letter_commitments import ABOUT_COMMITMENT
from certification.acts.letter_life import ABOUT_LIFE
from certification.acts.letter_on_site import ABOUT_ON_SITE
from certification.acts.letter_refunds import ABOUT_REFUND
from certification.acts.letter_transfers import ABOUT_TRANSFERS
from certification.acts.people import Person
from certification.acts.photo_cases import REPLACE
from certification.acts.refund_grounds import refund_preview
from certification.acts.returning import bank_holds
from certification.acts.reviews import earlier_reviews
from certification.acts.uploads import newest
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, Returned, applications
from certification.cloud.tables.candidates import candidates, photo_slot
from certification.cloud.tables.orders import orders
from certification.cloud.tables.refunds import refunds, withdrawal_refund
from certification.cloud.tables.results import results
from certification.cloud.tables.sittings import Sitting, sittings
from certification.policies import load_calendar, load_policy
from certification.rules.calendars import start_of_day
from certification.rules.deadlines import review_due
from certification.rules.policy import Policy
from certification.rules.waits import WAITS

Values = dict[str, Any]


def data_for(name: str, detail: dict[str, Any], person: Person) -> Values | None:
    """The data of a letter; None when the rows say that it is no longer worth writing."""
    values: Values = {"site": settings().public_url, "name": person.name or None}
    if "application" not in detail:
        about = ABOUT_PERSON[name](detail)
        return None if about is None else values | about
    application = applications.read(detail["application"])
    sitting = sittings.read(application.sitting)
    more = ABOUT_APPLICATION[name](application, sitting, detail)
    if more is None:
        return None
    policy, _ = load_policy(application.scheme)
    return (
        values | {"zone": policy.time_zone, "reference": application.reference, "exam": exam_words(application)} | more
    )


def exam_words(application: Application) -> dict[str, str]:
    """Occupation and level in both languages; the exam's title while neither is chosen."""
    policy, _ = load_policy(application.scheme)
    if application.occupation is None or application.level is None:
        return {"en": policy.title.en, "zh": policy.title.zh}
    occupation, level = policy.occupation(application.occupation).words, policy.level(application.level).words
    return {"en": f"{occupation.en}, {level.en}", "zh": f"{occupation.zh} {level.zh}"}


def _photo_checked(detail: dict[str, Any]) -> Values | None:
    """What the check found; nothing when the candidate is changing the photo on the page and reads it there."""
    photo = newest(candidates.read(detail["candidate"]), detail["slot"])
    if photo is None or photo.made_by is not None:
        return None
    return {"problems": tuple({"en": problem.en, "zh": problem.zh} for problem in photo.problems)}


ABOUT_PERSON: dict[str, Callable[[dict[str, Any]], Values | None]] = {
    "AccountCreated": lambda _: {},
    "IdentityVerified": lambda _: {},
    "IdentityUnverified": lambda detail: {"answered": detail.get("state") == "failed"},
    "EducationVerified": lambda _: {},
    "EducationUnverified": lambda detail: {"answered": detail.get("state") == "failed"},
    "PhotoChecked": _photo_checked,
    **ABOUT_ACCOUNT,
}


def _confirmed(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    """The date follows from the confirmation alone, by the rule that the screening asks when it opens the review."""
    if application.confirmed_at is None:
        return None
    policy, _ = load_policy(application.scheme)
    if policy.commitment is not None:
        return None  # what follows depends on the lane, and has a letter of its own
    calendar, earlier = load_calendar(policy.calendar), earlier_reviews(application)
    return {"review_by": review_due(application.confirmed_at, policy, calendar, earlier).due}


def _returned(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    if application.returned is None or application.due is None:
        return None
    return {"reasons": _reasons(application.returned), "correct_by": application.due.at}


def _reasons(returned: Returned) -> tuple[Values, ...]:
    """Each reason in both languages; the reviewer's own words stand with the first."""
    return tuple(
        {"words": {"en": reason.en, "zh": reason.zh}, "note": returned.note if number == 0 else ""}
        for number, reason in enumerate(returned.reasons)
    )


def _rejected(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    return {"reasons": _reasons(application.returned)} if application.returned else None


def _approved(application: Application, sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    order = orders.read(detail["order"])
    policy, _ = load_policy(application.scheme)
    refund = refund_preview(application, order, clock.now())
    begins = refund.blackout_starts
    no_refund = start_of_day(begins, policy.zone) if begins else sitting.dates.first_subject
    return {"amount": order.total, "pay_by": order.pay_by, "no_refund_from": no_refund, **_refund_terms(policy)}


def _refund_terms(policy: Policy) -> Values:
    """How long and at which fee a refund may be asked for; nothing where the scheme has none (REF-01, REF-05)."""
    if not policy.refund.windows:
        return {}
    first = policy.refund.windows[0]
    within = first.window.within
    return {
        "refund_within": {"en": within.en, "zh": within.zh} if within else None,
        "handling_fee": f"{first.handling_fee_rate:.0%}",
    }


def _registered(application: Application, sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    order = orders.read(application.order or "")
    policy, _ = load_policy(application.scheme)
    refund = refund_preview(application, order, application.registered_at or clock.now())
    return {
        "amount": order.total,
        "exam_starts": sitting.dates.first_subject,
        "ticket_opens": sitting.dates.tickets_open,
        "refund_until": refund.closes_at,
        "handling_fee": _refund_terms(policy).get("handling_fee"),
        "receipt_platform": policy.receipt.platform.model_dump() if policy.receipt.platform else None,
    }


def _lapsed(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    missed = WAITS[next(status for status in WAITS if status == detail["missed"])]
    lapsed = next(step for step in reversed(application.life) if step.to == "lapsed")
    return {"missed": {"en": missed.next_en, "zh": missed.next_zh}, "was_due": lapsed.at}


def _seat_drawn(_application: Application, sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    return {
        "sitting": sitting.id,
        "exam_starts": sitting.dates.first_subject,
        "ticket_opens": sitting.dates.tickets_open,
    }


def _ticket(application: Application, sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    policy, _ = load_policy(application.scheme)
    if application.seat is None or application.candidate_number is None:
        return None
    return {
        "candidate_number": application.candidate_number,
        "exam_starts": sitting.dates.first_subject,
        "venue": {
            "en": f"{application.seat.site}, {sitting.address_en}",
            "zh": f"{application.seat.site}，{sitting.address_zh}",
        },
        "room": application.seat.room,
        "seat": application.seat.seat,
        "instructions": policy.exam_day.instructions,
    }


def _result(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    if application.result is None:
        return None
    return {"passed": bool(results.read(application.reference, application.result).passed)}


def _withdrawn(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    """What comes back is told with it; nothing is said about money where none was paid."""
    order = orders.read(application.order) if application.order else None
    paid = application.registered_at is not None
    if order is not None and order.gives_back is not None:
        return {"refund": order.gives_back.amount, "paid": paid, "bank_holds": bank_holds(order)}
    owed = refunds.find(withdrawal_refund(order.number)) if order is not None else None
    return {"refund": owed.money, "paid": paid} if owed else {"paid": paid}


def _photo_decided(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    """A photo in doubt that may stay needs no letter; reasons stand with the photo that was refused."""
    asked, approved = detail["asks"] == REPLACE, detail["approved"] == "yes"
    if approved and not asked:
        return None
    policy, _ = load_policy(application.scheme)
    photo = newest(candidates.read(application.candidate), photo_slot(policy.photo.profile))
    problems = photo.problems if photo and not approved else ()
    return {
        "replaced": approved,
        "asked": asked,
        "reasons": tuple({"en": problem.en, "zh": problem.zh} for problem in problems),
    }


ABOUT_APPLICATION: dict[str, Callable[[Application, Sitting, dict[str, Any]], Values | None]] = {
    "PhotoDecided": _photo_decided,
    "ApplicationConfirmed": _confirmed,
    "ApplicationReturned": _returned,
    "ApplicationRejected": _rejected,
    "ApplicationApproved": _approved,
    "CandidateRegistered": _registered,
    "ApplicationLapsed": _lapsed,
    "ApplicationWithdrawn": _withdrawn,
    "SeatDrawn": _seat_drawn,
    "TicketOpened": _ticket,
    "ResultReleased": _result,
    **ABOUT_COMMITMENT,
    **ABOUT_LIFE,
    **ABOUT_REFUND,
    **ABOUT_CALLED_OFF,
    **ABOUT_ON_SITE,
    **ABOUT_TRANSFERS,
    "CertificateIssued": lambda _application, _sitting, detail: {"certificate_number": detail["certificate"]},
}
