"""What to change, in terms of a schedule's parameters: directions, since a log does not show by how much."""

from loganneal.diagnosis.finding import Finding

_SENTENCES = {
    "unstable": "Training is unstable{where}.",
    "decay too fast": "The rate falls too fast{where}: it is low for most of the cycle, and the loss still falls.",
    "cycles too short": "The cycles are too short: each is over before the data have been seen once.",
    "ends at a high rate": "The run ends at a high rate, before a cycle is over.",
    "overfitting": "The network overfits: what it learns late in the run helps the training data alone.",
    "hardly falls": "The loss has hardly fallen: the peak may be far too low, or too high; loganneal lr-range shows.",
    "longer than useful": "The run is longer than useful: its second half brings next to nothing on validation.",
}

_ADVICE = {
    "decay too fast": (
        "Lower base: 1 is the straight line, below 1 the fall comes late.",
        "Or make the cycles longer: a larger cycle_steps, fewer cycles.",
    ),
    "cycles too short": ("Make the cycles longer than an epoch: a larger cycle_steps, fewer cycles.",),
    "ends at a high rate": (
        "Let the last cycle end with the budget: fit(total_steps=..., cycles=...).",
        "If the run was stopped or still goes on, this is no failure of its schedule.",
    ),
    "overfitting": (
        "Fewer steps, or fewer of them near the peak: a lower max_lr, a larger base.",
        "Beside the schedule: more data, more augmentation, more weight decay.",
    ),
}


def sentence(finding: Finding) -> str:
    """The finding as a sentence."""
    where = f" in cycle {finding.cycle}" if finding.cycle > 1 else ""
    return _SENTENCES[finding.name].format(where=where)


def advice(finding: Finding) -> tuple[str, ...]:
    """What to change, what helps most first."""
    if finding.name == "unstable":
        return _steadier(finding)
    return _ADVICE.get(finding.name, ())


def _steadier(finding: Finding) -> tuple[str, ...]:
    lower = "Lower max_lr."
    clip = "Beside the schedule: clip the gradients."
    if finding.cycle > 1:  # the first cycle was survived at the full peak
        return "Lower the later peaks: peak_decay below 1.", "Let each cycle rise: restart_warmup_share.", lower, clip
    return lower, "Warm up for longer: warmup_steps.", clip
