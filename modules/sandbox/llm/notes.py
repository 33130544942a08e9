"""Notes of a conversation, as the product asks a small model for them: who asked what, and when."""

import json

from modules.sandbox.llm import directives

NOTES_REQUEST = "keep the notes of a conversation"
MAX_NOTES = 40
MAX_WORDS = 14


def notes_of(lines: str) -> str:
    """The notes so far and one line for each further question; the oldest go when it gets long."""
    notes: list[str] = []
    for line in lines.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if "notes" in entry:
            notes += entry["notes"].splitlines()
        elif entry.get("role") == "user":
            words = directives.without(entry["text"]).split()[:MAX_WORDS]
            notes.append(f"- {entry['at'][:10]}, asked: {' '.join(words)}")
    return "\n".join(notes[-MAX_NOTES:]) or "- Nothing was said."
