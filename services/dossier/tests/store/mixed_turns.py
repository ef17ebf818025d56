"""Turns of a mixed history: what is done, to which dossier, when, and when it is told."""

from datetime import time

from hypothesis import strategies as st

MIDNIGHT, NOON, LAST = time(0), time(12), time(23, 59, 59)
STEPS = ("hand_over", "take_over", "complete", "recall")

acts = st.sampled_from(["move", "move", "apologise", "ask", *STEPS, *STEPS])
corrections = st.sampled_from(["correct", "correct", "void"])
others = st.sampled_from(["decree", "fold"])
turns = st.tuples(
    acts | acts | corrections | others,
    st.integers(0, 2),  # which dossier
    st.integers(0, 5),  # which of what can be done
    st.integers(0, 6),  # how many days on
    st.sampled_from((MIDNIGHT, NOON, LAST)),
    st.integers(0, 40),  # how many hours later it is told
)
histories = st.lists(turns, min_size=6, max_size=24)
known = st.none() | st.tuples(st.integers(0, 40), st.integers(-1, 1))

EVERYTHING = [
    ("apologise", 0, 0, 0, LAST, 1),
    ("hand_over", 0, 0, 0, LAST, 1),
    ("decree", 0, 2, 0, NOON, 0),  # a day off before the due date
    ("take_over", 0, 0, 1, MIDNIGHT, 9),
    ("fold", 0, 1, 0, NOON, 0),
    ("move", 0, 1, 1, LAST, 3),  # asked for a supplement
    ("move", 0, 1, 3, MIDNIGHT, 3),  # which came
    ("move", 1, 5, 5, LAST, 9),  # settled late, on the last second of a day
    ("correct", 1, 0, 2, MIDNIGHT, 2),  # and really on the first of another
    ("hand_over", 2, 1, 1, MIDNIGHT, 2),
    ("recall", 2, 0, 1, LAST, 30),
    ("void", 2, 0, 0, NOON, 1),  # the recall never was
    ("fold", 0, 5, 0, NOON, 0),
    ("take_over", 2, 0, 0, LAST, 4),
    ("decree", 0, 7, 0, NOON, 0),  # before the middle dossier was due, which has ended
    ("move", 2, 5, 9, MIDNIGHT, 4),
    ("void", 1, 0, 0, NOON, 1),  # the end never was: open again, and due a day later
]
LOST_DAY = [
    ("move", 0, 3, 1, NOON, 1),  # asked back
    ("decree", 0, 2, 0, NOON, 0),  # a day off before it is due
    ("correct", 0, 0, 4, MIDNIGHT, 1),  # asked back twelve hours before: still due a day later
]
