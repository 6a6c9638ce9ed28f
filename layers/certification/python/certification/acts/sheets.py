"""Files of staff: who dropped them, their rows, and the report that answers them."""

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from certification.acts import workbooks
from certification.acts.workbooks import FileRefused
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.staff import Role, StaffMember, staff
from certification.policies import schemes
from certification.rules.model import Frozen
from certification.rules.sheets import Cells, RowProblem


class Report(Frozen):
    """The answer to a dropped file. `counts` is true when the file is in force; a file with a problem changed nothing.

    `rows_in_force` is not 0 in one case only: the file was right as a whole, and somebody was faster while it was
    applied. Then these rows count, and only those named do not.
    """

    file: str
    counts: bool
    rows: int
    rows_in_force: int = 0
    problems: tuple[RowProblem, ...]
    read_at: str


def dropped_by(key: str, role: Role) -> StaffMember:
    """The member of staff who dropped a file, if their role may; `FileRefused` otherwise."""
    name = vault.uploader(settings().staff_files, key)
    member = staff.find(name) if name else None
    if member is None or role not in member.roles:
        raise FileRefused(
            "uploader_unknown" if member is None else "role_missing",
            f"A {role.replace('_', ' ')} must upload this file through the portal, so that we know who did.",
            "请由具备相应权限的人员通过系统上传本文件。",
        )
    return member


def scheme_of(key: str) -> str:
    """The scheme in whose folder a file lies."""
    folder, *rest = key.split("/")
    if len(rest) != 2 or rest[0] not in schemes():
        raise FileRefused(
            "scheme_unknown", f"Put the file in {folder}/<scheme>/.", f"请将文件放入 {folder}/<scheme>/ 文件夹。"
        )
    return rest[0]


def table_of(key: str) -> tuple[list[str], list[Cells], bytes]:
    """Header, rows and bytes of a table: an XLSX workbook, or CSV in UTF-8 with or without a byte order mark.

    What a file is says its content, not its name. Lines without any text at the end of a sheet are no rows.
    """
    data = vault.read(settings().staff_files, key)
    lines = workbooks.lines_of(data) if workbooks.is_workbook(data) else _csv_lines(data)
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise FileRefused("empty", "The file is empty.", "文件为空。")
    header = [name.strip() for name in lines[0]]
    while header and not header[-1]:
        header.pop()
    rows: list[Cells] = [{**dict(zip(header, line, strict=False)), None: line[len(header) :]} for line in lines[1:]]
    return header, rows, data


def _csv_lines(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("not_utf8", "Save the file as CSV UTF-8.", "请将文件另存为 UTF-8 编码的 CSV。") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise FileRefused(
            "not_csv", f"Line {reader.line_num} is not CSV: {error}.", f"第 {reader.line_num} 行不是有效的 CSV。"
        ) from None


def report(key: str, rows: int, problems: Sequence[RowProblem], counting: int = 0) -> Report:
    """Write the report of a file beside it: JSON for programs and pages, CSV of the bad rows for the desk."""
    answer = Report(
        file=key,
        counts=not problems,
        rows=rows,
        rows_in_force=counting if problems else rows,
        problems=tuple(problems),
        read_at=clock.now().isoformat(),
    )
    where = settings().staff_files
    vault.write(where, f"reports/{key}.json", answer.model_dump_json(indent=1).encode(), "application/json")
    if problems:
        vault.write(where, f"reports/{key}.problems.csv", _as_csv(problems), "text/csv; charset=utf-8")
    return answer


def _as_csv(problems: Sequence[RowProblem]) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets; a cell that a spreadsheet would compute is quoted by an apostrophe.

    Spreadsheets compute full-width signs too.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(RowProblem.model_fields)
    for row in problems:
        writer.writerow([_harmless(value) for value in row.model_dump().values()])
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> str:
    text = str(value)
    return f"'{text}" if unicodedata.normalize("NFKC", text).startswith(("=", "+", "-", "@", "\t", "\r")) else text


def read_report(key: str) -> dict[str, Any]:
    """The report of a file."""
    answer: dict[str, Any] = json.loads(vault.read(settings().staff_files, f"reports/{key}.json"))
    return answer
