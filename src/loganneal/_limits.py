"""Bounds on the size, depth, number and length of what is read and declared, all in one place.

They are far above real use. Anything beyond them is refused with a sentence that names the bound, before memory or time
is spent on it; `docs/limits.md` lists them for users.
"""

MIB = 2**20
GIB = 2**30

STUDY_FILE_BYTES = MIB
"""Size of a study in TOML."""

JSON_BYTES = 64 * MIB
"""Size of a JSON file: a specification, an outcome, a schedule."""

CURVE_BYTES = 256 * MIB
"""Size of the metrics.csv of a run: two million rows."""

LOG_BYTES = 64 * MIB
"""Size of the text of a log to diagnose (CSV, JSON, JSON lines); its cells take ten times as much memory."""

UPLOAD_BYTES = 90 * MIB
"""Size of one request to the page of `loganneal studio`; a log of `LOG_BYTES` grows by a third when it is uploaded."""

STUDIES = 1_000
"""Studies listed by `loganneal studio`."""

LOG_ROWS = 2_000_000
"""Rows of a log to diagnose."""

LOG_COLUMNS = 10_000
"""Columns of a log to diagnose."""

LOG_CELL_LETTERS = 100_000
"""Characters of a cell that may contain a number, or several."""

LOG_NESTING = 8
"""Levels of nested tables in a row of a JSON log; deeper ones are ignored."""

LOGGED_STEP = 2.0**53
"""Largest step in a log; larger ones cannot be told from their neighbours in double precision."""

LOGGED_RATE = 1e100
"""Largest learning rate in a log; a larger one means that the log is damaged."""

EVENT_FILES = 1_000
"""TensorBoard event files in one folder."""

EVENT_FILE_BYTES = GIB
"""Size of one event file, which is read record by record."""

EVENT_BYTES = 2**16
"""Size of the records of an event file that are parsed; larger ones are images, histograms and graphs."""

SEALED_BYTES = GIB
"""Size of a compressed file of a journal, and of what it unpacks to."""

CHECKPOINT_BYTES = 16 * GIB
"""Size of one checkpoint, which is read into memory."""

NESTING = 200
"""Levels of nested lists and tables in JSON and TOML; the deepest schedule that is allowed has 129."""

TEXT_BYTES = 256 * MIB
"""Size of a text to train on; in memory it takes up to six times its size."""

ARCHIVE_ENTRIES = 2_000_000
"""Files in a zip file or folder of images; ImageNet has 1.4 million."""

ARCHIVE_LEVELS = 32
"""Levels of nested folders in a zip file."""

ARCHIVE_RATIO = 200
"""Unpacked size over the size of the zip file; deflate reaches 1,032, photographs 1."""

ARCHIVE_BYTES = 64 * GIB
"""Total size that a zip file claims to unpack to; it is unpacked one image at a time."""

ARCHIVE_FREE_BYTES = 256 * MIB
"""Unpacked size up to which the compression ratio of a zip file does not matter."""

IMAGE_BYTES = 64 * MIB
"""Size of one image file."""

IMAGE_PIXELS = 2**26
"""Pixels of one image, 67 million; decoding takes 3 bytes for each."""

ARRAY_BYTES = 16 * GIB
"""Size of the decoded examples of one data set, which are kept in memory."""

CLASSES = 100_000
"""Classes of a data set; ImageNet-21k has 21,841."""

ARMS = 100
"""Arms of one comparison."""

COMPARISONS = 1000
"""Comparisons of one study."""

RUNS = 100_000
"""Runs planned by one study; planning that many takes about twenty seconds."""

RESAMPLED = 100_000
"""Studies that a calibration resamples for each row."""

STEPS = 10_000_000
"""Updates of one run; its curve takes 8 bytes for each."""

THREADS = 1024
"""Threads of torch in one process, and worker processes at a time; OpenMP ends a process that asks for a million."""

TITLE_LETTERS = 200
"""Characters of a title."""

NAME_LETTERS = 64
"""Characters of an arm's name."""

MARGIN = (1e-9, 1e9)
"""Range of the margin of a tie, in hundredths of the metric."""

RATE = (1e-30, 1e30)
"""Bounds on the ends of a range of peak rates or of another parameter; float32 can represent them."""

STOP_SECONDS = 5.0
"""How long a worker process that was asked to stop may take before it is killed."""
