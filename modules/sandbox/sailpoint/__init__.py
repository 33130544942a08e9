"""A SailPoint Identity Security Cloud tenant, played over HTTP from memory."""
