"""Wire shapes of a person's connection to SailPoint."""

from typing import Literal

from modules.backend.schemas.base import WireModel


class ConnectionOut(WireModel):
    """In the mode `user` each person connects once; in the mode `service` everybody is."""

    mode: Literal["service", "user"]
    connected: bool


class ConnectOut(WireModel):
    """Where the browser goes next."""

    authorize_url: str
