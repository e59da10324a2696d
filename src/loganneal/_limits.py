"""How large, deep, many and long what is read and declared may be: the one place of these bounds.

They are far above honest use. Whatever lies beyond is refused with a sentence that names the bound, before memory or
minutes are spent on it; `docs/limits.md` lists them for users.
"""

MIB = 2**20
GIB = 2**30

STUDY_FILE_BYTES = MIB
"""Of a study in TOML."""

JSON_BYTES = 64 * MIB
"""Of a JSON file: a specification, an outcome, a schedule."""

CURVE_BYTES = 256 * MIB
"""Of the metrics.csv of a run: two million rows."""

LOG_BYTES = 64 * MIB
"""Of the text of a log to diagnose: CSV, JSON, JSON lines; its cells take ten times as much memory."""

UPLOAD_BYTES = 90 * MIB
"""Of one request to the page of `loganneal studio`: a log of `LOG_BYTES` grows by a third on its way from a browser."""

STUDIES = 1_000
"""Listed by `loganneal studio`."""

LOG_ROWS = 2_000_000
"""Of a log to diagnose."""

LOG_COLUMNS = 10_000
"""Of a log to diagnose."""

LOG_CELL_LETTERS = 100_000
"""Of a cell that may be a number, or several."""

LOG_NESTING = 8
"""Tables within the table of a row, in a log in JSON; what lies deeper is passed over."""

LOGGED_STEP = 2.0**53
"""Later steps cannot be told from their neighbours in double precision."""

LOGGED_RATE = 1e100
"""A larger learning rate in a log is damage."""

EVENT_FILES = 1_000
"""Of TensorBoard, in one folder."""

EVENT_FILE_BYTES = GIB
"""Of one event file, which is read record by record."""

EVENT_BYTES = 2**16
"""Of a record in an event file that is looked into; larger ones are images, histograms and graphs."""

SEALED_BYTES = GIB
"""Of a compressed file of a journal, and of what it unpacks to."""

CHECKPOINT_BYTES = 16 * GIB
"""Of one checkpoint, which is read into memory."""

NESTING = 200
"""Levels of lists and tables within each other, in JSON and TOML; the deepest schedule that is allowed has 129."""

TEXT_BYTES = 256 * MIB
"""Of a text to learn from; it is held in memory at up to six times its size."""

ARCHIVE_ENTRIES = 2_000_000
"""Files in a zip file or folder of images; ImageNet has 1.4 million."""

ARCHIVE_LEVELS = 32
"""Folders within each other in a zip file."""

ARCHIVE_RATIO = 200
"""Unpacked size over the size of the zip file; deflate reaches 1,032, photographs 1."""

ARCHIVE_BYTES = 64 * GIB
"""Of all that a zip file claims to unpack to; it is unpacked one image at a time."""

ARCHIVE_FREE_BYTES = 256 * MIB
"""Up to this size unpacked, a zip file may be compressed as well as it likes."""

IMAGE_BYTES = 64 * MIB
"""Of one image file."""

IMAGE_PIXELS = 2**26
"""Of one image, 67 million; decoding takes 3 bytes for each."""

ARRAY_BYTES = 16 * GIB
"""Of the decoded examples of one data set, which are held in memory."""

CLASSES = 100_000
"""Of a data set; ImageNet-21k has 21,841."""

ARMS = 100
"""In one comparison."""

COMPARISONS = 1000
"""In one study."""

RUNS = 100_000
"""Planned by one study; planning that many takes about twenty seconds."""

RESAMPLED = 100_000
"""Studies that a calibration resamples for each row."""

STEPS = 10_000_000
"""Updates of one run; its curve has 8 bytes for each."""

THREADS = 1024
"""Of torch in one process, and worker processes at a time; OpenMP ends the process that asks for a million."""

TITLE_LETTERS = 200
"""Of a title."""

NAME_LETTERS = 64
"""Of an arm's name."""

MARGIN = (1e-9, 1e9)
"""Of ties, in hundredths of the metric."""

RATE = (1e-30, 1e30)
"""Ends of a range of peak rates or of another parameter; float32 holds them."""

STOP_SECONDS = 5.0
"""A worker process that was asked to end is given this long, and then killed."""
