"""The kinds of events that move no dossier to another status."""

APOLOGISED = "apologised"
CONSULTED = "consulted"
OPINION_GIVEN = "opinion_given"
HANDED_OVER = "handed_over"
TAKEN_OVER = "taken_over"
STEP_COMPLETED = "step_completed"
RECALLED = "hand_over_recalled"
CORRECTED = "corrected"

OF_STEPS = frozenset({HANDED_OVER, TAKEN_OVER, STEP_COMPLETED, RECALLED})
"""Each of them names its step."""
OF_QUESTIONS = frozenset({CONSULTED, OPINION_GIVEN})
