import pytest

from modules.backend.services.titles import MAX_TITLE_CHARACTERS, _clean


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Access to SAP", "Access to SAP"),
        ('"Access to SAP."', "Access to SAP"),
        ("„Zugriff auf SAP“", "Zugriff auf SAP"),
        ("« Accès à SAP »", "Accès à SAP"),
        ("# Access\n to\tSAP\n", "Access to SAP"),
        ("**Access to SAP**", "Access to SAP"),
        ("Who owns #payments?", "Who owns #payments?"),
        ("", ""),
        ('" . "', ""),
    ],
)
def test_a_title_is_one_line_of_words(answer: str, title: str) -> None:
    assert _clean(answer) == title


def test_a_title_has_an_end() -> None:
    title = _clean("word " * 100)

    assert len(title) <= MAX_TITLE_CHARACTERS
    assert title.endswith("word")
