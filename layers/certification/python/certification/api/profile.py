"""The candidate's own profile, phone and files."""

from certification.acts import contact_changes, photos, uploads, work
from certification.acts import profile as acts
from certification.api import bodies
from certification.api.account_bodies import ProveChange
from certification.api.answers import ChallengeSent, Link, ProfileNow, UploadForm, UploadState
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.cloud.tables.candidates import candidates

routes = Routes("Profile", "/api/candidate", "candidate")


@routes.get("/profile")
def read_profile() -> ProfileNow:
    """Everything the candidate declared, the state of the files, and of the identity check."""
    return _profile(candidate(routes))


@routes.put("/profile/details")
def save_details(details: bodies.Details) -> ProfileNow:
    """Name, birth, nationality and ID document. Saving starts the check of the identity.

    An ID document belongs to one account. Refused while a confirmed application rests on the answers.
    """
    who = candidate(routes)
    acts.save_details(
        who,
        details.native_name,
        details.latin_name,
        details.birth_date,
        details.nationality,
        details.id_kind,
        details.id_number,
    )
    return _profile(who)


@routes.put("/profile/contact")
def save_contact(contact: bodies.Contact) -> ProfileNow:
    """The postal address and the language of letters."""
    who = candidate(routes)
    acts.save_contact(who, contact.address, contact.language)
    return _profile(who)


@routes.put("/profile/work")
def save_work(given: bodies.Work) -> ProfileNow:
    """Jobs, leave for study and certificates, whole. Nothing may begin or end in the future."""
    who = candidate(routes)
    work.save(who, given.history)
    return _profile(who)


@routes.post("/phone-code")
def ask_phone_code(asked: bodies.AskPhoneCode) -> ChallengeSent:
    """Send a one-time code by SMS to a number the candidate says is theirs."""
    return ChallengeSent(challenge=contact_changes.ask_phone_code(candidate(routes), asked.phone))


@routes.post("/phone")
def confirm_phone(proof: ProveChange) -> ProfileNow:
    """The number the code was sent to is the candidate's. A number belongs to one account.

    A first number needs no confirmation; a change needs a second code, to the e-mail address.
    """
    who = candidate(routes)
    confirmation = proof.confirmation.proof if proof.confirmation else None
    contact_changes.confirm_phone_code(who, proof.challenge, proof.code, confirmation, routes.session_id())
    return _profile(who)


@routes.post("/uploads/<kind>")
def ask_upload(kind: bodies.UploadPath, scheme: bodies.Scheme = None, add: bodies.Add = None) -> UploadForm:
    """A form to post one file with, straight to the store: at most 10 MiB, for 15 minutes. A photo is for one `scheme`.

    With `add=yes` it is put together with what was sent before, where one PDF is wanted: certificate and report (EDU-08).

    Nothing changes until the file has arrived and was checked, within a minute or so; then its state stands in the
    profile, beside the file in use.
    """
    form = uploads.ask(candidate(routes), kind, scheme, add=add is not None).form
    return UploadForm(url=form.url, fields=form.fields)


@routes.post("/uploads/<kind>/accept")
def accept_upload(kind: bodies.UploadPath, scheme: bodies.Scheme = None, seen: bodies.Seen = None) -> ProfileNow:
    """Use the checked file. A photo in doubt may be used too; a person will look at it.

    `seen` is the `id` of the file that was looked at: another one that came meanwhile is not used unseen.
    """
    who = candidate(routes)
    uploads.accept(who, kind, scheme, seen or "")
    return _profile(who)


@routes.get("/uploads/<kind>")
def show_upload(kind: bodies.UploadPath, scheme: bodies.Scheme = None) -> Link:
    """A short-lived address of the newest checked file, as we keep it."""
    file = uploads.newest(candidates.read(candidate(routes)), uploads.slot_of(kind, scheme))
    return Link(url=uploads.link(file, kind))


@routes.post("/photo/fix")
def fix_photo(fix: bodies.FixPhoto, scheme: bodies.Scheme = None) -> ProfileNow:
    """Change the newest photo: turn it, straighten it, move or zoom its cut, or make its background white.

    What comes of it is checked like a photo that was sent, and stands beside the one in use.
    """
    who = candidate(routes)
    photos.change(who, scheme, fix.step)
    return _profile(who)


def _profile(candidate_id: str) -> ProfileNow:
    profile = acts.read(candidate_id)
    person = profile.person
    return ProfileNow(
        email=person.email,
        phone=person.phone,
        language="zh" if person.language == "zh" else "en",
        native_name=person.native_name,
        latin_name=person.latin_name,
        birth_date=person.birth_date,
        nationality=person.nationality,
        id_kind=person.id_kind,
        id_number=person.id_number,
        address=person.address,
        education=profile.education,
        without_degree=profile.without_degree,
        work=profile.work,
        files={slot: _state(slot, profile) for slot in sorted({**profile.files, **profile.drafts})},
        identity=profile.identity_check,
        identity_by=profile.identity_by,
        held_by=profile.held_by,
    )


def _state(slot: str, profile: acts.Profile) -> UploadState:
    upload = profile.drafts.get(slot) or profile.files[slot]
    return UploadState(
        id=upload.id,
        state=upload.state,
        in_use=slot in profile.files,
        problems=upload.problems,
        notes=upload.notes,
        fixes=upload.fixes,
        needs_person=upload.needs_person,
    )
