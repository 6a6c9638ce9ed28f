"""The sittings that can still be applied for, as data."""

from certification.api.answers import Mailing, Named, Offer, OpenSitting
from certification.cloud import clock
from certification.cloud.tables.sittings import Sitting, sittings
from certification.policies import load_policy, schemes
from certification.rules.choosing import regions_offered
from certification.rules.fees import order_fees
from certification.rules.money import Money
from certification.rules.policy import Policy
from certification.rules.words import Words


def open_sittings() -> tuple[OpenSitting, ...]:
    """Every sitting of every scheme whose registration has not closed, earliest registration first."""
    now = clock.now()
    announced = [sitting for scheme in schemes() for sitting in sittings.of(scheme)]
    found = [sitting for sitting in announced if now < sitting.dates.registration_closes]
    return tuple(_shown(one) for one in sorted(found, key=lambda one: (one.dates.registration_opens, one.id)))


def _shown(sitting: Sitting) -> OpenSitting:
    policy, _ = load_policy(sitting.scheme)
    dates = sitting.dates
    return OpenSitting(
        id=sitting.id,
        scheme=sitting.scheme,
        name=Words(en=sitting.name_en, zh=sitting.name_zh),
        registration="soon" if clock.now() < dates.registration_opens else "open",
        registration_opens=dates.registration_opens,
        registration_closes=dates.registration_closes,
        payment_closes=dates.payment_closes,
        tickets_open=dates.tickets_open,
        exam_starts=dates.first_subject,
        exam_over=dates.exam_over,
        results_due=sitting.results_due,
        time_zone=policy.time_zone,
        address=Words(en=sitting.address_en, zh=sitting.address_zh),
        regions=tuple(
            Named(code=row.code, words=row.words)
            for row in policy.regions
            if row.code in regions_offered(policy, sitting)
        ),
        all_subjects=policy.validity.must_take_all,
        offers=_offers(sitting, policy),
        mailing=tuple(
            Mailing(
                code=zone.code,
                words=zone.words,
                fee=Money(amount=zone.amount, currency=policy.fees.settlement_currency),
            )
            for zone in policy.fees.mailing
        ),
    )


def _offers(sitting: Sitting, policy: Policy) -> tuple[Offer, ...]:
    """What both the sitting and the fee schedule have, with the total that an order would have today."""
    return tuple(
        Offer(
            occupation=row.occupation,
            occupation_words=policy.occupation(row.occupation).words,
            level=row.level,
            level_words=policy.level(row.level).words,
            form=row.form,
            form_words=policy.form(row.form).words,
            subjects=tuple(
                Named(code=code, words=policy.subject(code).words)
                for code in policy.subjects_of(row.occupation, row.level)
            ),
            fee=order_fees(policy, row.occupation, row.level, row.form).total,
        )
        for row in policy.fees.schedule
        if row.occupation in sitting.occupations and row.level in sitting.levels and row.form in sitting.forms
    )
