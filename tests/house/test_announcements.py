"""Announcements: what is announced is heard, what is heard is announced, and what has a letter is written about."""

import ast
import json
import re
from functools import cache
from pathlib import Path

from certification.acts.deadlines import JOBS
from certification.letters import NAMES
from local.docs import template
from local.docs.code import announcements, makers
from tests.house.sources import PACKAGE, ROOT, called, named, python_files, tree
from tests.house.templates import as_list, of_type, target, written

# Codes are sent by the door that was asked for one: they are answers, not announcements.
SENT_BY_A_DOOR = {"EmailCodeRequested", "PhoneCodeRequested", "StaffAddressUnknown"}
MAKES = {"Announcement", "announce", "milestone", "moving.announce", "outbox.Announcement"}
TEMPLATES = PACKAGE / "letters/templates"


@cache
def announced() -> dict[str, set[str]]:
    """Every announcement the code makes, with the functions whose code can make it."""
    found: dict[str, set[str]] = {}
    for folder in template.functions().values():
        for name in announcements(folder):
            found.setdefault(name, set()).add(folder)
    return found


def heard() -> dict[str, set[str]]:
    """Every announcement a rule listens for, with the rules."""
    found: dict[str, set[str]] = {}
    for logical_id, rule in of_type(written(), "AWS::Events::Rule"):
        if rule["EventPattern"]["source"] == ["assay"]:
            for name in as_list(rule["EventPattern"]["detail-type"]):
                found.setdefault(name, set()).add(logical_id)
    return found


def letters_rule() -> list[str]:
    names: list[str] = written()["Resources"]["LettersRule"]["Properties"]["EventPattern"]["detail-type"]
    return names


def test_what_a_rule_listens_for_is_announced_somewhere() -> None:
    found = {name: sorted(rules) for name, rules in heard().items() if name not in announced()}
    assert not found


def test_the_rule_for_letters_names_every_announcement_that_has_a_letter_and_no_other() -> None:
    assert set(letters_rule()) == set(NAMES) - SENT_BY_A_DOOR
    assert len(letters_rule()) == len(set(letters_rule()))


def test_every_letter_has_its_templates_in_both_languages() -> None:
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert folders == set(NAMES)
    for name in folders:
        files = {path.name for path in (TEMPLATES / name).iterdir()}
        channels = {file.split(".")[0] for file in files}
        assert channels <= {"email", "sms"}
        assert channels
        assert files == {f"{channel}.{language}.txt" for channel in channels for language in ("en", "zh")}


def test_every_letter_is_about_something_that_is_announced() -> None:
    assert set(NAMES) - SENT_BY_A_DOOR <= announced().keys()


def test_names_of_announcements_are_found_through_helpers_and_variables() -> None:
    assert ("certification.acts.moving", "announce") in makers()
    assert announced()["ApplicationConfirmed"] >= {"portal", "apply_outcomes"}
    assert "check_upload" in announced()["PhotoChecked"]


def test_the_codes_that_a_door_sends_are_never_announced() -> None:
    assert not SENT_BY_A_DOOR & announced().keys()


def test_announcements_carry_ids_and_no_personal_data() -> None:
    """What is written beside an announcement are names of rows; a field of a person may not travel on the bus."""
    personal = {"name", "email", "phone", "address", "id_number", "birth_date", "latin_name", "native_name", "code"}
    found = []
    for path in python_files(PACKAGE / "acts"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called(node.func) in MAKES:
                for keyword in node.keywords:
                    about = keyword.value if keyword.arg == "about" else None
                    if isinstance(about, ast.Dict):
                        texts = {str(key.value) for key in about.keys if isinstance(key, ast.Constant)}
                        found += [f"{named(path)}:{node.lineno} {text}" for text in texts & personal]
                    elif keyword.arg in personal - {"name"}:
                        found.append(f"{named(path)}:{node.lineno} {keyword.arg}")
    assert not found, "\n".join(found)


def test_no_code_starts_a_machine_or_hears_from_one() -> None:
    """Machines start from the bus, from S3 and from schedules only, and nobody waits for one."""
    words = re.compile(r"start_execution|start_sync_execution|send_task_|client\(\s*[\"']stepfunctions")
    found = [named(path) for path in python_files(PACKAGE, ROOT / "functions") if words.search(path.read_text("utf-8"))]
    assert not found


def test_no_machine_waits_for_the_outside() -> None:
    for path in sorted((ROOT / "statemachines").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert "waitForTaskToken" not in text, f"{named(path)} waits for a token"
        assert not re.search(r"Type: Wait\b|\bType: Activity", text), f"{named(path)} waits"


def jobs_of_schedules() -> dict[str, str]:
    """The job each schedule asks for, with what it starts."""
    return {
        json.loads(schedule["Target"]["Input"])["job"]: target(schedule["Target"]["Arn"])
        for _, schedule in of_type(written(), "AWS::Scheduler::Schedule")
    }


def test_the_jobs_of_the_schedules_are_those_the_code_knows() -> None:

    run_by_the_machine = {job for job, started in jobs_of_schedules().items() if started == "DeadlinesMachine"}
    assert run_by_the_machine == set(JOBS)


def test_every_due_date_belongs_to_a_job_that_a_schedule_runs() -> None:
    found = {}
    for path in python_files(PACKAGE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called(node.func).split(".")[-1] == "Due":
                for keyword in node.keywords:
                    if keyword.arg == "job" and isinstance(keyword.value, ast.Constant):
                        found[keyword.value.value] = f"{named(path)}:{node.lineno}"
    unknown = {job: place for job, place in found.items() if job not in jobs_of_schedules()}
    assert not unknown


def test_a_schedule_is_called_after_its_job() -> None:
    for logical_id, schedule in of_type(written(), "AWS::Scheduler::Schedule"):
        job = json.loads(schedule["Target"]["Input"])["job"]
        assert schedule["Name"]["Fn::Sub"] == f"${{AWS::StackName}}-{job}"
        assert logical_id == "".join(word.capitalize() for word in job.split("_")) + "Job"


def test_the_file_of_a_machine_is_called_after_it() -> None:
    for _, machine in of_type(written(), "AWS::Serverless::StateMachine"):
        name = machine["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        assert Path(machine["DefinitionUri"]).name == f"{name}.asl.yaml"
