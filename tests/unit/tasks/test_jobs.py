import pytest

from modules.backend.services.jobs.schedule import every
from modules.backend.tasks.jobs import ATTEMPTS, LONGEST_SECONDS, Job, job_of, schedules, specify


def test_what_is_not_specified_has_the_defaults() -> None:
    assert job_of("nobody.knows") == Job(None, ATTEMPTS)


def test_scheduled_tasks_are_found_by_name() -> None:
    specify("test.scheduled", Job(every(seconds=1)))

    assert schedules()["test.scheduled"] == every(seconds=1)


@pytest.mark.parametrize("faulty", [{"seconds": 0}, {"seconds": LONGEST_SECONDS + 1}])
def test_an_attempt_has_a_deadline(faulty: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="an attempt takes"):
        Job(**faulty)


def test_a_task_is_tried_at_least_once() -> None:
    with pytest.raises(ValueError, match="one attempt"):
        Job(attempts=0)
