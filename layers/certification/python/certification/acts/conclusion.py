"""The conclusion of a sitting: who is qualified. For CGPTC whoever passed, at once (CER-01)."""

from certification.acts.lists import qualified_list
from certification.acts.sitting_outcomes import milestone
from certification.cloud.tables.applications import applications
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.rules.status import Status


@retried
def conclude(sitting_id: str) -> int:
    """List who passed and announce them; gives their number. Running it again changes nothing.

    The list is read from an index that may lag: whoever is missing is found by the job *issue certificates*.
    """
    sitting = sittings.read(sitting_id)
    if sitting.stage == "concluded":
        return 0
    passed = [application.reference for application in applications.in_status(sitting.id, Status.PASSED)]
    key = qualified_list(sitting.id, passed, f"released-{sitting.version}")
    told = [milestone("CandidatesQualified", sitting, list=key)] if passed else []
    commit([sittings.update(sitting.changed(stage="concluded", due=None))], told)
    return len(passed)
