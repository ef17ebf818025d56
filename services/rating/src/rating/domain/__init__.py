"""Pure rules of rating: scoring, tallying, feedback limits, ballot tokens, permissions."""
