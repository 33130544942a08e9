"""What the page must know before anybody signs in."""

from typing import Literal

from modules.backend.schemas.base import WireModel


class OpenIdAuth(WireModel):
    kind: Literal["openid"] = "openid"
    issuer: str


class EntraAuth(WireModel):
    kind: Literal["entra"] = "entra"
    tenant_id: str
    client_id: str


class PageConfig(WireModel):
    build: str
    api_base_url: str
    auth: OpenIdAuth | EntraAuth
