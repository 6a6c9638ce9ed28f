"""Deploying end to end: events find their rule, and a restart deploys over the state of a snapshot."""

import shutil
from pathlib import Path

from local import moto_patches, moto_state
from local.clock import VirtualClock
from local.deploy import deploy
from tests.local.patched_moto import START, client, patched_moto

HERE = Path(__file__).parent / "templates" / "deploy"
TEMPLATE = HERE / "template.yaml"


def test_an_event_reaches_its_rule_and_a_disabled_rule_nothing() -> None:
    with patched_moto() as patched:
        deploy(TEMPLATE, {})
        entry = {"Source": "assay", "DetailType": "CertificateIssued", "Detail": "{}", "EventBusName": "assay"}
        client("events").put_events(Entries=[entry])
        client("s3").put_object(Bucket="assay-uploads", Key="in/a", Body=b"")  # its rule is disabled
    assert [(rule, bus) for rule, bus, _ in patched.told] == [("assay-LettersRule", "assay")]


def test_a_restart_deploys_over_restored_state_without_creating_anything() -> None:
    with patched_moto():
        first = deploy(TEMPLATE, {})
        client("dynamodb").put_item(TableName="assay-Outbox", Item={"pk": {"S": "kept"}})
        content = moto_state.snapshot()
    moto_patches.install(VirtualClock(START), lambda *_: None)
    moto_state.restore(content)
    second = deploy(TEMPLATE, {}, existing=True)
    items = client("dynamodb").scan(TableName="assay-Outbox")["Items"]
    moto_patches.uninstall()
    assert second == first
    assert items == [{"pk": {"S": "kept"}}]


def test_the_hash_changes_with_the_template_and_its_machines_but_not_with_parameters(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(HERE, copy)
    with patched_moto():
        before = deploy(copy / "template.yaml", {}).template_hash
    with patched_moto():
        again = deploy(copy / "template.yaml", {"PublicUrl": "http://elsewhere"}).template_hash
    machine = copy / "statemachines/screening.asl.yaml"
    machine.write_text(machine.read_text().replace("One step", "One more step"))
    with patched_moto():
        after = deploy(copy / "template.yaml", {}).template_hash
    assert before == again
    assert before != after
