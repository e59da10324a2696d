"""Every number that decides a diagnosis, in one place. They were set on planted failures; see docs/diagnosis.md."""

FIRST_LOSSES = 5
"""Rows whose median is L0, the loss at the start, unless the loss moves too fast for that many."""

FIRST_SHARE = 0.05
"""If the losses scatter by more than `CALM`, L0 is the median of more rows, up to this share of the log."""

FIRST_ERROR = 0.5
"""The error of L0, from so few losses, in units of their scatter."""

CALM = 0.1
"""Losses that scatter by at most this share of their size from row to row are as they usually are."""

SCATTER_ROWS = 20
"""Fewer rows than this outside the openings do not show how the losses scatter."""

RESTART_RISE = 0.2
"""A rise of the rate by more than this share of the highest since the previous restart is a restart."""

OPENING_SHARE = 0.25
"""The opening of a cycle is this share of its rows, from its highest rate on, ..."""

OPENING_ROWS = 5
"""... but no fewer rows than this."""

CYCLE_ROWS = 10
"""A cycle with fewer rows from its highest rate on has no opening to speak of."""

UNSTABLE_SHARE = 0.25
"""Unstable: a larger share of the opening of a cycle has a loss above the bar ..."""

UNSTABLE_ROWS = 3
"""... and no fewer rows than this, so that noise in an opening of a few rows is not a sign."""

BAR = 0.25
"""The bar is above L0 by this share of it, beyond the noise of most losses, ..."""

BAR_SCATTER = 2.5
"""... or by this multiple of their scatter, if that is more."""

RISEN = 0.25
"""Unstable as well: the loss ends above its lowest level by more than this share of L0, at no higher rate, ..."""

RISEN_ERRORS = 5.0
"""... and by more than this number of standard errors."""

LEVELS = 10
"""The most groups of rows whose means are the levels of a loss, ..."""

LEVEL_ROWS = 5
"""... of no fewer rows than this."""

HELD_UP_SHARE = 0.7
"""Or a larger share than this has a loss above L0 itself, and the loss falls over the cycle, ..."""

HELD_UP_ROWS = 12
"""... if the opening has this many rows: with fewer, noise alone may be above."""

LOW_RATE = 0.2
"""Rates below this share of their cycle's peak are low; a run that ends above this share of its own ends high."""

LOW_RATE_SHARE = 0.6
"""Decay too fast: at least this share of a cycle has a low rate ..."""

TREND_Z = 3.0
"""... while the loss falls over that stretch: its slope is this many standard errors below 0."""

TREND_ROWS = 12
"""Fewer rows than this show no trend, ..."""

STRETCH_ROWS = 6
"""... of which each cycle must have this many."""

RATE_STEP = 0.2
"""A rate that stands still and then falls by more than this share begins another step of its schedule."""

SHORT_CYCLES = 3
"""Cycles too short: as many as this or more, all of them shorter than an epoch."""

ROWS = 10
"""A log with fewer rows than this does not show where its loss began."""

VALIDATIONS = 4
"""Fewer validation losses than this in a half of the run show nothing, ..."""

RISES = 2
"""... unless they rise this often, and only rise, from the best of them to an end far above the training loss."""

USEFUL_GAIN = 0.01
"""A fall of the loss by less than this share of L0 is of no use; in the second half, of the best validation loss."""

GAP = 0.2
"""Overfitting: no useful second half, and validation above training loss by more than this share of L0."""

WIDE_GAP = 0.5
"""Overfitting, whatever the second half gains: validation above training loss by more than this share of L0."""

HARDLY = 0.9
"""A note: the training loss at the end is still above this share of L0."""

CLOSING_SHARE = 0.1
"""The last share of the rows whose mean is the training loss at the end."""
