"""Files of the bank, dropped by staff: statements, and answers to our own files. Read whole or not at all.

Each line becomes an entry of the inbox with its announcement, once: its key is the account, the bank's reference and the
place in the booking, so the same file again, or another that tells the same, adds nothing. What the bank says of people is
sealed before it is kept.
"""

from collections.abc import Sequence
from itertools import batched, chain

from certification.acts import bank_days
from certification.acts.billing import EVERY
from certification.acts.inbox_entries import APPLIED_WITHIN, arrived
from certification.acts.sheets import dropped_by, scheme_of
from certification.acts.stored_lines import StoredLine, entry_of, stored_line
from certification.acts.workbooks import FileRefused
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.bill_days import bill_days
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.inbox import InboxEntry, inbox
from certification.cloud.transaction import Lost, commit
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.payouts import Payout, proven
from certification.rules.policy import Policy
from certification.rules.sheets import RowProblem, problem
from certification.rules.statement_file import read_statements
from certification.rules.statements import BankLine, StatementRefused, must_fit
from certification.rules.transfer_order import is_answer, read_answer, transfers_in

TOGETHER = 20
"""How many lines are kept in one transaction; each is two writes."""
MOST_DAYS = 60
"""How old a bill may be whose payout comes now."""


def read(key: str) -> tuple[int, list[RowProblem]]:
    """`statements/<scheme>/<name>`: gives how many lines and answers the file has, and what is wrong with it."""
    member = dropped_by(key, "reviewer")
    scheme = scheme_of(key)
    policy, _ = load_policy(scheme)
    if desk_for(policy, CaseKind.UNMATCHED_CREDIT).code not in member.desks:
        raise FileRefused("not_your_desk", "Only the money desk uploads files of the bank.", "仅财务组可上传银行文件。")
    content = vault.read(settings().staff_files, key)
    try:
        return (_answers(content, scheme, key) if is_answer(content) else _lines(content, policy, key)), []
    except StatementRefused as refusal:
        return 0, [problem(1, refusal.where, "", refusal.code, refusal.en, refusal.zh)]


def _lines(content: bytes, policy: Policy, key: str) -> int:
    """Keep what nobody has told before, and each statement for its day; gives how many movements the file tells."""
    account = policy.payment.transfer_to
    statements = read_statements(content, [account.number] if account else [])
    payouts = _payouts()
    now = clock.now()
    for some in batched(chain.from_iterable(statement.lines for statement in statements), TOGETHER, strict=False):
        fresh = [line for line in some if inbox.find(f"bank_transfer#{line.key}") is None]
        _keep([entry_of(_stored(line, key, payouts), line.key, now, now + APPLIED_WITHIN) for line in fresh])
    for statement in statements:
        bank_days.state(statement)
    return sum(len(statement.lines) for statement in statements)


def _stored(line: BankLine, key: str, payouts: Sequence[Payout]) -> StoredLine:
    """A line as it is kept; of one that is proven to be a provider's payout, with whose it is."""
    stored, payout = stored_line(line, key), proven(line, payouts)
    if payout is None or stored.references or not _first(payout, line):
        return stored
    return stored.model_copy(update={"paid_out_by": payout.provider})


def _payouts() -> list[Payout]:
    """What the providers' bills of the last months say was paid out to us."""
    days = (row for stream in EVERY for row in bill_days.within(stream.name, backwards=True, limit=MOST_DAYS))
    return [payout for row in days for payout in row.payouts]


def _first(payout: Payout, line: BankLine) -> bool:
    """Whether no other line is this payout: money is paid out once."""
    claim = Claim(key=f"payout:{payout.provider}:{payout.references[0]}", holder=line.key)
    try:
        commit([claims.insert(claim)])
    except Lost:
        return claims.read(claim.key).holder == line.key
    return True


def _answers(content: bytes, scheme: str, key: str) -> int:
    """Keep what the bank says of the transfers in a file of ours; a file refused as a whole answers for each of them."""
    answer = read_answer(content)
    transfers = answer.transfers
    if answer.rejected:
        sent = vault.find(settings().staff_files, transfer_file(scheme, answer.message))
        if sent is None:
            raise StatementRefused(
                "file_unknown", "OrgnlMsgId", "We have sent no file with this id.", "没有发送过该编号的文件。"
            )
        transfers = transfers_in(sent, answer.reason)
    must_fit("OrgnlEndToEndId", *(one.end_to_end for one in transfers))
    now = clock.now()
    entries = (
        entry_of(StoredLine(answer=one, file=key), f"answer#{one.end_to_end}#{one.status}", now, now + APPLIED_WITHIN)
        for one in transfers
        if one.end_to_end
    )
    for some in batched(entries, TOGETHER, strict=False):
        _keep(some)
    return len(transfers)


def transfer_file(scheme: str, message: str) -> str:
    """Where a file for the bank lies, in the bucket of staff's files."""
    return f"transfers/{scheme}/{message}.xml"


def _keep(entries: Sequence[InboxEntry]) -> None:
    """All at once; where one is there already, one by one: the others must not wait for it."""
    if not entries:
        return
    try:
        commit([inbox.insert(one) for one in entries], [arrived(one.id, one.id) for one in entries])
    except Lost:
        missing = [one for one in entries if inbox.find(one.id) is None]
        if len(entries) == 1 and missing:
            raise  # not kept and not there: somebody else writes it just now, or the store is busy
        for one in missing:
            _keep([one])
