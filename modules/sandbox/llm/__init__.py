"""A language model that speaks OpenAI's wire format and answers from a script."""
