"""The parts of `make run`: stores, processes, and the build of the page."""
