"""SailPoint Identity Security Cloud over its REST API, versioned by service (`/…/v1`).

`client.SailPointClient` is what services hold. Each subject has a file with its operations and the
shapes they read; below them `calls` shapes, `transport` decides about tries and outcomes, `wire`
sends one request, `limiter` shares SailPoint's rate among all processes and `tokens` the sign-in.
"""
