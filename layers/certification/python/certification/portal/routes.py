"""Every page: where it is, who may see it, and which function shows it. Below a language prefix, `/en` or `/zh`.

Whoever is let in by this table still sees only what is theirs: each act asks for the owner or the desk again.
"""

from certification.policies import load_policy, schemes
from certification.portal.pages import (
    account,
    applications,
    commitment,
    correction,
    education,
    eligibility,
    hearing,
    information,
    on_site,
    own_account,
    own_requests,
    papers,
    payment,
    profile,
    recovery,
    staff,
    staff_files,
    staff_notices,
    start,
    timeline,
    uploads,
    work,
)
from certification.portal.router import Access, Page, Route


def _get(path: str, access: Access, page: Page, **fixed: str) -> Route:
    return Route(method="GET", path=path, access=access, page=page, fixed=fixed)


def _post(path: str, access: Access, page: Page, **fixed: str) -> Route:
    return Route(method="POST", path=path, access=access, page=page, fixed=fixed)


PUBLIC = (
    _get("/", "anybody", start.start),
    _get("/language", "anybody", start.language),
    _get("/exams", "anybody", start.all_exams),
    _get("/exams/{sitting}", "anybody", start.one_exam),
    _get("/exams/{sitting}/eligibility", "anybody", eligibility.ask),
    _post("/exams/{sitting}/eligibility", "anybody", eligibility.answer),
    _get("/notices", "anybody", information.all_notices),
    _get("/notices/feed", "anybody", information.atom),
    _get("/notices/{notice}", "anybody", information.notice),
    _get("/notices/{notice}/{number}", "anybody", information.version),
    _get("/plan", "anybody", information.plan),
    _get("/plan/{year}", "anybody", information.plan),
    _get("/contacts", "anybody", information.contacts),
    _get("/browsers", "anybody", information.browsers),
    _get("/offline", "anybody", information.offline),
    _get("/check", "anybody", papers.check),
    _get("/check/scope", "anybody", information.scope),
    _get("/check/{number}", "anybody", papers.verdict),
    _get("/draws", "anybody", papers.all_draws),
    _get("/draws/{sitting}", "anybody", papers.draw),
    _get("/draws/{sitting}/{name}", "anybody", papers.draw_file),
    _get("/help", "anybody", start.help_page),
    _get("/privacy", "anybody", start.privacy),
    _get("/accessibility", "anybody", start.accessibility),
    _get("/agreement", "anybody", start.agreement),
    _get("/sign-in", "anybody", account.sign_in),
    _post("/sign-in", "anybody", account.send_email_code),
    _get("/sign-in/code", "anybody", account.email_code),
    _post("/sign-in/code", "anybody", account.confirm_email_code),
    _post("/sign-out", "anybody", account.sign_out),
    _get("/recover", "anybody", recovery.begin),
    _post("/recover", "anybody", recovery.send_code),
    _get("/recover/code", "anybody", recovery.code),
    _post("/recover/code", "anybody", recovery.prove_code),
    _get("/recover/next", "anybody", recovery.next_proof),
    _post("/recover/answer", "anybody", recovery.answer),
    _get("/recover/look-up", "anybody", recovery.look_up),
    _post("/recover/look-up", "anybody", recovery.ask_look_up),
    _get("/account-help", "anybody", own_requests.explain),
    _get("/staff/sign-in", "anybody", staff.sign_in),
    _post("/staff/sign-in", "anybody", staff.send_code),
    _get("/staff/sign-in/code", "anybody", staff.code),
    _post("/staff/sign-in/code", "anybody", staff.confirm_code),
)

APPLICATION = "/apply/{reference}"


FILES = (
    "photo",
    *sorted({upload.code.replace("_", "-") for scheme in schemes() for upload in load_policy(scheme)[0].uploads}),
)
"""Every file that any scheme asks for has its pages."""


def _upload(kind: str) -> tuple[Route, ...]:
    """The pages of one kind of file."""
    base = f"{APPLICATION}/{kind}"
    return (
        _get(base, "candidate", uploads.show, kind=kind),
        _get(f"{base}/new", "candidate", uploads.another, kind=kind),
        _get(f"{base}/arrived", "candidate", uploads.arrived, kind=kind),
        _get(f"{base}/state", "candidate", uploads.state, kind=kind),
        _post(f"{base}/use", "candidate", uploads.use, kind=kind),
        *((_post(f"{base}/fix", "candidate", uploads.fix, kind=kind),) if kind == "photo" else ()),
        *((_post(f"{base}/replace", "candidate", uploads.replace, kind=kind),) if kind == "photo" else ()),
    )


CANDIDATE = (
    _get("/account", "candidate", own_account.show),
    _post("/account/sessions/{name}", "candidate", own_account.end_session),
    _post("/account/requests/{case}/no", "candidate", own_account.say_no),
    _get("/account/email", "candidate", own_account.email),
    _post("/account/email", "candidate", own_account.send_email_code),
    _get("/account/email-code", "candidate", own_account.email_code),
    _post("/account/email-code", "candidate", own_account.confirm_email),
    _get("/account/question", "candidate", own_account.question),
    _post("/account/question", "candidate", own_account.save_question),
    _get("/account/name", "candidate", own_account.name),
    _post("/account/name", "candidate", own_account.describe_name),
    _get("/account/help/account", "candidate", own_requests.account),
    _post("/account/help/account", "candidate", own_requests.ask_for_account),
    _get("/account/help/phone", "candidate", own_requests.phone),
    _post("/account/help/phone", "candidate", own_requests.ask_for_phone),
    _get("/account/help/{case}", "candidate", own_requests.one),
    *(_get(f"/account/{name}", "candidate", own_requests.text, name=name) for name in own_requests.TEXTS),
    *(_post(f"/account/{name}", "candidate", own_requests.accept, name=name) for name in own_requests.TEXTS),
    _get("/account/phone", "candidate", account.phone),
    _post("/account/phone", "candidate", account.send_phone_code),
    _get("/account/phone-code", "candidate", account.phone_code),
    _post("/account/phone-code", "candidate", account.confirm_phone_code),
    _get("/education", "candidate", education.show),
    _get("/education/new", "candidate", education.new),
    _post("/education/new", "candidate", education.add),
    _post("/education/none", "candidate", education.declare_none),
    _get("/education/{number}", "candidate", education.one),
    _post("/education/{number}", "candidate", education.correct),
    _get("/applications", "candidate", applications.all_applications),
    _get("/messages", "candidate", papers.all_messages),
    _post("/exams/{sitting}/apply", "candidate", applications.start),
    _get(APPLICATION, "candidate", applications.show),
    _get(f"{APPLICATION}/correction", "candidate", correction.show),
    _post(f"{APPLICATION}/correction", "candidate", correction.ask),
    *(_get(f"{APPLICATION}/{way}", "candidate", hearing.show, way=way) for way in hearing.ACTS),
    *(_post(f"{APPLICATION}/{way}", "candidate", hearing.say, way=way) for way in hearing.ACTS),
    _get(f"{APPLICATION}/timeline", "candidate", timeline.show),
    _get(f"{APPLICATION}/calendar.ics", "candidate", timeline.calendar),
    _get(f"{APPLICATION}/choice", "candidate", applications.choose),
    _post(f"{APPLICATION}/choice", "candidate", applications.save_choice),
    _get(f"{APPLICATION}/details", "candidate", profile.details),
    _post(f"{APPLICATION}/details", "candidate", profile.save_details),
    _get(f"{APPLICATION}/contact", "candidate", profile.contact),
    _post(f"{APPLICATION}/contact", "candidate", profile.save_contact),
    _get(f"{APPLICATION}/education", "candidate", education.of_application),
    _get(f"{APPLICATION}/work", "candidate", work.show),
    _post(f"{APPLICATION}/work", "candidate", work.save),
    _get(f"{APPLICATION}/eligibility", "candidate", eligibility.own),
    _get(f"{APPLICATION}/on-site", "candidate", on_site.show),
    _post(f"{APPLICATION}/on-site", "candidate", on_site.book),
    _post(f"{APPLICATION}/on-site/cancel", "candidate", on_site.cancel),
    _get(f"{APPLICATION}/check", "candidate", applications.check),
    _post(f"{APPLICATION}/check", "candidate", applications.confirm),
    _get(f"{APPLICATION}/withdraw", "candidate", applications.withdraw),
    _post(f"{APPLICATION}/withdraw", "candidate", applications.confirm_withdrawal),
    _get(f"{APPLICATION}/pay", "candidate", payment.show),
    _post(f"{APPLICATION}/pay", "candidate", payment.pay),
    _get(f"{APPLICATION}/pay/return", "candidate", payment.came_back),
    _get(f"{APPLICATION}/pay/state", "candidate", payment.state),
    _post(f"{APPLICATION}/pay/check", "candidate", payment.ask),
    _get(f"{APPLICATION}/commitment", "candidate", commitment.choose),
    _post(f"{APPLICATION}/commitment", "candidate", commitment.save_choice),
    _get(f"{APPLICATION}/commitment/letter", "candidate", commitment.letter),
    _get(f"{APPLICATION}/sign", "candidate", commitment.sign),
    _post(f"{APPLICATION}/sign", "candidate", commitment.send_code),
    _get(f"{APPLICATION}/sign/code", "candidate", commitment.code),
    _post(f"{APPLICATION}/sign/code", "candidate", commitment.confirm),
    _get(f"{APPLICATION}/decline", "candidate", commitment.leave, way="decline"),
    _post(f"{APPLICATION}/decline", "candidate", commitment.confirm_leaving, way="decline"),
    _get(f"{APPLICATION}/commitment/withdraw", "candidate", commitment.leave, way="withdraw"),
    _post(f"{APPLICATION}/commitment/withdraw", "candidate", commitment.confirm_leaving, way="withdraw"),
    _get(f"{APPLICATION}/supervision", "candidate", commitment.show_check),
    _post(f"{APPLICATION}/supervision", "candidate", commitment.answer_check),
    _get(f"{APPLICATION}/proofs", "candidate", commitment.show_proofs),
    _post(f"{APPLICATION}/proofs", "candidate", commitment.hand_in),
    *(route for kind in FILES for route in _upload(kind)),
    *(_get(f"{APPLICATION}/{kind}", "candidate", papers.paper, kind=kind) for kind in papers.PAPERS),
)

STAFF = (
    _get("/staff", "staff", staff.home),
    _get("/staff/", "staff", staff.home),
    _get("/staff/queue", "staff", staff.queue),
    _post("/staff/queue", "staff", staff.take_next),
    _get("/staff/cases/{case}", "staff", staff.case),
    _post("/staff/cases/{case}", "staff", staff.decide),
    _post("/staff/cases/{case}/second", "staff", staff.second),
    _post("/staff/cases/{case}/keep", "staff", staff.keep),
    _post("/staff/cases/{case}/give-back", "staff", staff.give_back),
    _get("/staff/sittings", "staff", staff.all_sittings),
    _get("/staff/sittings/{sitting}", "staff", staff.one_sitting),
    _post("/staff/sittings/{sitting}/release", "staff", staff.release),
    _get("/staff/notices", "staff", staff_notices.all_notices),
    _get("/staff/notices/new", "staff", staff_notices.new),
    _post("/staff/notices/new", "staff", staff_notices.write),
    _get("/staff/notices/proposals/{notice}", "staff", staff_notices.proposal),
    _post("/staff/notices/proposals/{notice}", "staff", staff_notices.confirm),
    _get("/staff/files", "staff", staff_files.choose),
    _post("/staff/files", "staff", staff_files.show_form),
    _get("/staff/files/report", "staff", staff_files.report),
    _get("/staff/files/report/state", "staff", staff_files.report_state),
    _get("/staff/files/report/problems", "staff", staff_files.problems),
    _get("/staff/help", "staff", staff.help_page),
)

ROUTES: tuple[Route, ...] = (*PUBLIC, *CANDIDATE, *STAFF)
