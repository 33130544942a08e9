"""What a run has to pass before it is accepted, on either transport."""

from modules.backend.api.inputs import run_request
from modules.backend.bootstrap import Web
from modules.backend.core.errors import Forbidden
from modules.backend.schemas.agent import RunInput
from modules.backend.services.chat.requests import RunRequest
from modules.backend.services.people import Person


async def admitted_run(web: Web, person: Person, run_input: RunInput) -> RunRequest:
    """The run that is asked for. Raises InvalidInput, Forbidden, TooMany."""
    request = run_request(run_input)
    if person.is_app and request.resume:
        raise Forbidden("person_only", "Only a person may decide, not an application.")
    await web.guard.limits.message(person.id)
    return request
