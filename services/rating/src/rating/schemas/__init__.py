"""The papers of rating as they travel: what comes in is bounded, what goes out is described."""
