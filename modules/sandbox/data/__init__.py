"""The made-up tenant."""
