"""The desks of the service over HTTP: wire models in, use cases called, wire models out."""
