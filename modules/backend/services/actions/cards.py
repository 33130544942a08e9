"""What a card says: what will be sent, to whom, until when, and what cannot be undone."""

from typing import Any
from uuid import UUID

from modules.backend.services.actions.action import Actor

PRODUCT = "Icarus"


def card(
    title: str,
    lines: dict[str, str | None],
    *,
    confirm: str,
    decline: str = "Don't send",
    warning: str | None = None,
) -> dict[str, Any]:
    """`lines` are labels with values, in order; what is None is left out."""
    return {
        "title": title,
        "lines": [{"label": label, "value": value} for label, value in lines.items() if value],
        "confirm": confirm,
        "decline": decline,
        "warning": warning,
    }


def signed(comment: str | None, actor: Actor, reference: UUID) -> str:
    """A comment as it stands in SailPoint, which may name the service as its author."""
    origin = f"[via {PRODUCT} for {actor.name} ({actor.identity_id}) ref {reference}]"
    return f"{comment.strip()} {origin}" if comment and comment.strip() else origin


def bears(comment: str | None, reference: UUID) -> bool:
    """Whether a comment that was found in SailPoint is ours."""
    return comment is not None and f"ref {reference}]" in comment
