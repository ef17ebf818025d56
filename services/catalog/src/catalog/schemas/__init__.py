"""The papers that cross the border: wire models."""
