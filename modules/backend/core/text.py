"""Text from outside that PostgreSQL can keep."""


def is_storable(text: str) -> bool:
    """Whether the text is Unicode that can be encoded and holds no NUL character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
