"""What `make start` fills an empty local cloud with: both schemes open, and sample candidates at different stages."""

from datetime import UTC, datetime

from local import seed, seed_guangdong, seed_mixed
from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.visitor import Visitor

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_both_schemes_are_open_with_candidates_who_wait_at_different_stages_and_nothing_went_wrong() -> None:
    with LocalCloud(clock=VirtualClock(MONDAY)) as cloud:
        told = seed.seed(cloud)
        from certification.cloud.tables.applications import applications

        found = {(one.scheme, one.status, one.region) for one in applications.everything()}
        assert found == {
            ("cgptc", "draft", "international"),
            ("cgptc", "awaiting_review", "international"),
            ("guangdong", "awaiting_signature", "guangzhou"),
            ("guangdong", "awaiting_proofs", "shenzhen"),
            ("mixed", "awaiting_review", "guangzhou"),
        }
        (visitor,) = [one for one in applications.everything() if one.scheme == "mixed"]
        assert "on_site_check" in {case.kind for case in visitor.open_cases}
        assert seed_mixed.ON_SITE.email in told.values()
        assert told["Guangdong: candidate who signs the commitment"] == seed_guangdong.COMMITTED.email
        listed = Visitor(cloud).call("GET", "/api/account/sittings")["sittings"]
        assert {one["id"]: one["registration"] for one in listed} == {
            seed.SITTING: "open",
            seed_guangdong.SITTING: "open",
            seed_mixed.SITTING: "open",
        }
        assert not cloud.invoker.failures
        assert not cloud.undelivered
        assert seed.seed(cloud) == told, "a cloud that has the data is only described"
