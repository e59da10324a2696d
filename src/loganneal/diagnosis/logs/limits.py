"""All bounds on logs of strangers. Beyond them a log is refused in a sentence, before it can fill memory."""

BYTES = 64 * 2**20
"""Size of a file of text: CSV, JSON, JSON lines."""

EVENT_BYTES = 2**30
"""Size of an event file of TensorBoard, which is read record by record, as it may hold images."""

RECORD_BYTES = 2**16
"""Size of a record in an event file that is looked into; larger ones are images, histograms and graphs."""

FILES = 1_000
"""Event files in a folder."""

ROWS = 2_000_000
"""Rows of a log."""

COLUMNS = 10_000
"""Columns of a log."""

CELL = 100_000
"""Characters of a line's cell that are taken for a number or a name."""

DEPTH = 8
"""Dictionaries inside the dictionary of a row, the names of which are joined by a slash."""

NAMED = 30
"""Columns that a message names."""

LARGEST_STEP = 2.0**53
"""Steps beyond are no longer told from their neighbours in double precision."""

LARGEST_RATE = 1e100
"""A larger learning rate is damage."""
