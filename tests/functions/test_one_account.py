"""One account per ID document and per phone number, however many try at once."""

from datetime import date, timedelta

import pytest

from certification.acts import contact_changes, profile
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import claims
from certification.rules.errors import Refused
from tests.functions.crowd import at_once, codes_of
from tests.functions.stand import Stand

PHONE = "+85251234567"


@pytest.mark.rule("ACC-07")
def test_a_phone_number_belongs_to_one_of_eight_who_prove_it_at_once(stand: Stand) -> None:
    people = [stand.id_of(stand.sign_in(f"person{number}@example.test")) for number in range(3)]
    proofs = []
    for person in people:
        challenge = contact_changes.ask_phone_code(person, PHONE)
        stand.cloud.inbox.collect()
        proofs.append((challenge, stand.code_for(PHONE)))
    outcomes = at_once(
        8,
        lambda number: contact_changes.confirm_phone_code(people[number % 3], *proofs[number % 3]),
    )
    refused = codes_of(outcomes)
    holders = [one.id for one in candidates.everything() if one.phone_index]
    assert len(holders) == 1
    assert "phone_taken" in refused
    assert len([one for one in outcomes if one is None]) == 1


@pytest.mark.rule("ACC-05")
def test_an_id_document_belongs_to_one_of_eight_who_enter_it_at_once(stand: Stand) -> None:
    people = [stand.id_of(stand.sign_in(f"person{number}@example.test")) for number in range(8)]
    spelled = (
        "K12345678",
        "k12345678",
        "Ｋ12345678",
        "K 1234-5678",
        "K-12345678",
        "k 12345678",
        "K1234 5678",
        "K12345678",
    )

    def save(number: int) -> None:
        profile.save_details(people[number], "", "SAMPLE PERSON", date(1990, 1, 1), "CN", "passport", spelled[number])

    outcomes = at_once(8, save)
    assert codes_of(outcomes) == ["id_document_taken"] * 7
    assert len([one for one in candidates.everything() if one.id_index]) == 1
    assert len([one for one in claims.everything() if one.key.startswith("id:")]) == 1


def test_another_document_of_the_same_person_frees_the_first(stand: Stand) -> None:
    first, second = (stand.id_of(stand.sign_in(f"person{number}@example.test")) for number in range(2))

    def save(who: str, number: str) -> None:
        profile.save_details(who, "", "SAMPLE PERSON", date(1990, 1, 1), "CN", "passport", number)

    save(first, "K11111111")
    save(first, "K22222222")
    save(second, "K11111111")
    with pytest.raises(Refused, match="id_document_taken"):
        save(second, "K22222222")


@pytest.mark.rule("ACC-05")
def test_two_states_may_give_the_same_passport_number(stand: Stand) -> None:
    people = [stand.id_of(stand.sign_in(f"person{number}@example.test")) for number in range(4)]

    def save(who: str, nationality: str) -> None:
        profile.save_details(who, "", "SAMPLE PERSON", date(1990, 1, 1), nationality, "passport", "123456789")

    save(people[0], "US")
    save(people[1], "GB")
    save(people[2], "HK")
    for nationality in ("US", "gb", "CN", "MO"):
        stand.wait(timedelta(minutes=5))
        with pytest.raises(Refused, match="id_document_taken"):
            save(people[3], nationality)
    save(people[2], "FR")  # another nationality is another passport: the first is free again
    save(people[3], "CN")


@pytest.mark.rule("ACC-05")
def test_an_account_enters_ten_documents_a_day_and_no_eleventh(stand: Stand) -> None:
    """Known or not: nobody tries numbers until one is known."""
    who = stand.id_of(stand.sign_in("person@example.test"))

    def save(number: int) -> None:
        profile.save_details(who, "", "SAMPLE PERSON", date(1990, 1, 1), "CN", "passport", f"K1234567{number:02d}")

    for number in range(10):
        save(number)
    with pytest.raises(Refused, match="too_many_codes: You entered 10 ID documents already"):
        save(10)
    save(9)  # the same again is no other document
    stand.wait(timedelta(hours=24))
    save(10)
