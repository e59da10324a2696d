"""Plans that may end early: looks after declared numbers of replicates, and a screening before them."""

LOOKS = (4, 6, 8)
"""Replicates after which a plan may end, where nothing else is said."""

TRIALS = 2
"""Peak rates that each tuning tries within a factor of 2.5 of the one that works: enough, in so narrow a range."""

SCREEN_REPLICATES = 2
"""Replicates of all arms from which the rival is picked."""
