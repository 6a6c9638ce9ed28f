"""Files of staff other than marks: sittings, decisions and notices. The whole file is right, or nothing of it happens."""

import json
from collections.abc import Callable

import yaml
from pydantic import ValidationError

from certification.acts import bank_files, decision_files, notices, public_lists, register
from certification.acts.authority import plans
from certification.acts.publishing import NewSitting, publish
from certification.acts.sheets import dropped_by, report, scheme_of, table_of
from certification.acts.workbooks import FileRefused
from certification.cloud import metrics, vault
from certification.cloud.settings import settings
from certification.policies import load_policy, parse_yaml
from certification.rules.errors import Refused
from certification.rules.integrity_file import check_entries
from certification.rules.notices import Notice
from certification.rules.sheets import RowProblem, problem


def read(key: str) -> None:
    """Read the file by its folder; the report lies beside it under `reports/`."""
    counting, folder = 0, key.partition("/")[0]
    try:
        if folder == "decisions":
            decided = decision_files.read(key)
            rows, problems, counting = decided.rows, list(decided.problems), decided.counting
        else:
            rows, problems = READERS[folder](key)
    except FileRefused as refusal:
        rows, problems = 0, [refusal.problem]
    if problems:
        metrics.count("StaffFileRefused", folder=folder)
    report(key, rows, problems, counting)


def _sitting(key: str) -> tuple[int, list[RowProblem]]:
    """One sitting as JSON. Every field that is wrong is named."""
    member = dropped_by(key, "supervisor")
    try:
        new = NewSitting.model_validate(json.loads(vault.read(settings().staff_files, key)))
    except ValueError as error:
        if not isinstance(error, ValidationError):
            raise FileRefused("not_json", "The file is not JSON in UTF-8.", "文件不是 UTF-8 编码的 JSON。") from None
        return 0, _wrong_fields(error)
    if not plans(member, new.scheme):
        advice = (
            f"You may not plan for {new.scheme}. Its sittings are published by the body above the others.",
            f"您无权为 {new.scheme} 发布考试计划，应由上级机构统一部署。",
        )
        return 1, [problem(1, "scheme", new.scheme, "not_planned_here", *advice)]
    try:
        publish(new)
    except Refused as refusal:
        return 1, [problem(1, refusal.field or "", "", refusal.code, refusal.en, refusal.zh)]
    return 1, []


def _wrong_fields(error: ValidationError) -> list[RowProblem]:
    return [
        problem(1, ".".join(map(str, one["loc"])), "", one["type"], f"{one['msg']}.", f"字段无效：{one['msg']}。")
        for one in error.errors(include_input=False, include_url=False)
    ]


def _notice(key: str) -> tuple[int, list[RowProblem]]:
    """One version of a notice as YAML. Every field and every line of the text that is wrong is named."""
    member = dropped_by(key, "supervisor")
    try:
        notice = Notice.model_validate(parse_yaml(vault.read(settings().staff_files, key).decode("utf-8-sig")))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise FileRefused("not_yaml", "The file is not YAML in UTF-8.", "文件不是 UTF-8 编码的 YAML。") from None
    except ValidationError as error:
        return 0, _wrong_fields(error)
    try:
        notices.publish(member, public_lists.completed(notice))
    except notices.NotFit as refusal:
        return 1, list(refusal.problems)
    except Refused as refusal:
        return 1, [problem(1, refusal.field or "", "", refusal.code, refusal.en, refusal.zh)]
    return 1, []


def _integrity(key: str) -> tuple[int, list[RowProblem]]:
    """`integrity/<scheme>/<name>.csv`: a row per entry of the register, checked as a whole before anything is recorded."""
    member = dropped_by(key, "supervisor")
    policy, _ = load_policy(scheme_of(key))
    header, rows, _ = table_of(key)
    checked = check_entries(header, rows, policy.zone)
    for staged in checked.staged:
        register.record(staged, member.id)
    return checked.rows_read, list(checked.problems)


READERS: dict[str, Callable[[str], tuple[int, list[RowProblem]]]] = {
    "sittings": _sitting,
    "notices": _notice,
    "integrity": _integrity,
    "statements": bank_files.read,
}
