import pytest

from modules.backend.services.llm.tokens import cut, tokens_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("é", 1), ("权限", 2), ("🔑", 2)],
)
def test_three_bytes_are_a_token(text: str, tokens: int) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens", "beginning"),
    [
        ("abcdef", 1, "abc"),
        ("abc", 5, "abc"),
        ("ab权", 1, "ab"),
        ("🔑", 1, ""),
        ("a\ud800b", 5, "ab"),
        ("abc", 0, ""),
    ],
)
def test_a_text_is_cut_between_characters(text: str, tokens: int, beginning: str) -> None:
    assert cut(text, tokens) == beginning
