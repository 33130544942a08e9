"""The journeys that the scripted model walks: it understands plain English, and asks when not."""
