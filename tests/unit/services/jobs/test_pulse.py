from modules.backend.services.jobs.pulse import STALLED_SECONDS, Pulse
from tests.fixtures.clock import FakeClock


def test_a_loop_without_a_beat_counts_as_stalled_after_a_while(clock: FakeClock) -> None:
    pulse = Pulse(clock)
    clock.advance(STALLED_SECONDS)
    assert (pulse.state, pulse.age_seconds) == ("ok", STALLED_SECONDS)

    clock.advance(1)
    assert pulse.state == "stalled"

    pulse.beat()
    assert pulse.state == "ok"


def test_a_loop_that_ended_stays_ended(clock: FakeClock) -> None:
    pulse = Pulse(clock)
    pulse.end()
    pulse.beat()

    assert pulse.state == "ended"
