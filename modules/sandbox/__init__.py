"""Stand-ins for the outside systems, and the launcher behind `make run`.

Never part of a deployment.
"""
