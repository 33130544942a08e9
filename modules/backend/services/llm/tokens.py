"""How many tokens a text takes, without asking a tokenizer.

The vendors' tokenizers join bytes, so the count follows the UTF-8 bytes of a text and not its
characters; tiktoken's own description gives four bytes to a token on average. Three leave a margin
of a third for ordinary text and one token for each Chinese or Japanese character, which the newer
vocabularies need less than. Ids and numbers are denser: a token is at least one byte, so an
estimate is never short by more than a factor of three.
"""

BYTES_PER_TOKEN = 3
TOKENS_PER_MESSAGE = 4
"""What the role and the borders of a message take: three by OpenAI's account of its chat format."""


def tokens_of(text: str) -> int:
    """The estimated tokens of a text, rounded up."""
    return tokens_in(len(text.encode()))


def tokens_in(size: int) -> int:
    """The estimated tokens of so many bytes of UTF-8, rounded up."""
    return -(-size // BYTES_PER_TOKEN)


def cut(text: str, tokens: int) -> str:
    """The beginning of the text that takes at most so many tokens, without half a character."""
    return text.encode(errors="ignore")[: tokens * BYTES_PER_TOKEN].decode(errors="ignore")
