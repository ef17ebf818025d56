"""The papers that pass the desks, as they look on the wire."""
