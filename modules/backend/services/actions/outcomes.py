"""What the SailPoint client's errors mean for a change: refused, not sent, or nobody knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from modules.backend.clients.sailpoint.errors import (
    SailPointError,
    SailPointNotConnected,
    SailPointOutcomeUnknown,
    SailPointRefused,
)
from modules.backend.core.errors import Conflict, InvalidInput, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.actions.action import (
    NotConnected,
    NotSent,
    OutcomeUnknown,
    Refused,
)

log = get_logger(__name__)

NOT_CONNECTED = "You are not connected to SailPoint. Connect, and try again."


@contextmanager
def translated() -> Iterator[None]:
    """Around what is sent. Raises Refused, NotSent, OutcomeUnknown.

    The client's rule makes this short: whatever it raises, nothing was done, unless it says that
    the outcome is unknown.
    """
    try:
        yield
    except SailPointOutcomeUnknown as error:
        log.warning("change.outcome_unknown", **error.fields)
        raise OutcomeUnknown from error
    except SailPointRefused as error:
        log.info("change.refused", **error.fields)
        raise Refused(error.code, _words(error)) from error
    except SailPointNotConnected as error:
        raise NotConnected from error
    except SailPointError as error:
        log.warning("change.not_sent", **error.fields)
        raise NotSent(error.retry_after) from error
    except InvalidInput as error:
        raise Refused(error.code, error.message) from error


@contextmanager
def for_person() -> Iterator[None]:
    """Around what a person asks for without a model.

    Raises Conflict with the reason instead of Refused, Unavailable instead of NotSent.
    """
    try:
        yield
    except Refused as refusal:
        raise Conflict(refusal.code, refusal.words) from refusal
    except NotConnected as failure:
        raise Conflict("sailpoint_not_connected", NOT_CONNECTED) from failure
    except NotSent as failure:
        raise Unavailable(
            "sailpoint_unavailable", "SailPoint is unavailable right now. Try again in a moment."
        ) from failure


def _words(error: SailPointRefused) -> str:
    return f"{error.message} SailPoint says: {error.said}" if error.said else error.message
