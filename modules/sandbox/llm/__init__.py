"""A language model that answers from a script, in the wire formats of three vendors."""
