"""Short probes of a training command, before a study spends hours on it, and what the study will cost.

| probe | what | finds |
| --- | --- | --- |
| A | the reference, a seed | a schedule that is ignored or stepped wrongly, a metric that is never reported |
| B | the same again | that repeats differ |
| C | the reference, another seed | a seed that is ignored |
| D | a rival, the first seed | pairs that share no initialisation |
| E | the reference, another split seed | that there is only one split of the data |
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from loganneal.runs.command_spec import CommandSpec
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Engine, Failure
from loganneal.studies.engines._base import Probe
from loganneal.studies.engines.commands import NOT_FINITE
from loganneal.studies.engines.run_place import RunPlace
from loganneal.studies.judge.rates import judge_rates

UPDATES = 50
"""Updates that a probe watches."""

PROBES = ("a", "b", "c", "d", "e")

Say = Callable[[str], None]


class CheckFailedError(ValueError):
    """A command cannot be studied as it is; the message says why."""


def check_study(study: Study, engine: Engine, folder: Path, say: Say, finished: Sequence[FinishedRun] = ()) -> None:
    """Probe each command of a study, and say what was found and what the study costs.

    Args:
        study: The declaration; comparisons on workloads have nothing to probe.
        engine: Where runs execute.
        folder: Folder in which each probe gets its own folder.
        say: Called with each finding, as a sentence.
        finished: Runs that have a record; a command with a completed run is not probed again.

    Raises:
        CheckFailedError: The seed or the schedule is ignored, rates were not seen, or the metric is missing.
    """
    for number, comparison in enumerate(study.comparisons):
        there = [run for run in finished if run.planned.comparison == number and run.record.status == "completed"]
        if comparison.script is not None and not there:
            _check(comparison, engine, folder / str(number + 1), say)


def _check(comparison: Comparison, engine: Engine, folder: Path, say: Say) -> None:
    probes = _probe(comparison, engine, folder)
    a, b, c, d, e = (probes[name] for name in PROBES)
    steps, schedule = comparison.steps, _specs(comparison, folder)["a"].schedule
    for name, probe in probes.items():
        if probe.reason:
            raise CheckFailedError(_failure(comparison, name, probe, folder))
    found = judge_rates(schedule, steps, a.rates, whole=a.complete)
    if found.problem and (a.complete or a.rates is not None):
        raise CheckFailedError(f"{comparison.workload}: {found.problem}.")
    if _same(a, c):
        raise CheckFailedError(
            f"{comparison.workload}: the seed is ignored: runs with two different seeds are identical."
        )
    if a.complete and _same(a, d):
        raise CheckFailedError(f"{comparison.workload}: the schedule was not used: runs of two arms are identical.")
    for lines in (_rates_line(a), _repeats(a, b), _pairs(a, d), _arms(a, d), _split(a, b, e), _metric(comparison, a)):
        for line in lines:
            say(line)
    say(cost_sentence(comparison, seconds_of_a_run(a, steps), at_most=not a.complete and not _times(a)))


def _failure(comparison: Comparison, name: str, probe: Probe, folder: Path) -> str:
    """Which probe failed and why, where its output is, and what to do if its loss was lost."""
    spec = _specs(comparison, folder)[name]
    arm = comparison.rivals[0] if name == "d" else comparison.reference
    what = f"with the schedule of {arm}, a peak learning rate of {spec.peak_lr:.3g} and the seed {spec.seed}"
    remedy = " Give a lower --peak-lr or --peak-factor (peak_lr, peak_factor)." if probe.reason == NOT_FINITE else ""
    place = RunPlace(spec).path
    return f"A short run of {comparison.workload} {what} failed: {probe.reason}.{remedy} Its output is in {place}."


def _probe(comparison: Comparison, engine: Engine, folder: Path) -> dict[str, Probe]:
    """The outcome of each probe."""
    specs = _specs(comparison, folder)
    places, found = {spec.folder: name for name, spec in specs.items()}, dict[str, Probe]()
    with closing(engine.run(list(specs.values()))) as outcomes:
        for spec, outcome in outcomes:
            if isinstance(outcome, Failure):
                raise CheckFailedError(f"A probe of {comparison.workload} failed: {outcome.message}.")
            if isinstance(spec, CommandSpec) and isinstance(outcome, Probe):
                found[places[spec.folder]] = outcome
    return found


def _specs(comparison: Comparison, folder: Path) -> dict[str, CommandSpec]:
    """The runs to probe, each in its own folder."""
    reference, rival = comparison.reference, comparison.rivals[0]
    known = comparison.peak_lr or comparison.peak_range[0]
    runs = sorted(comparison.replicate(0), key=lambda run: abs(run.peak - known), reverse=True)
    first = {run.arm: run.spec for run in runs}  # of each arm, the run whose peak is nearest to one that works
    one, seed = first[reference], first[reference].seed + 1
    seeded, split = dataclasses.replace(one, seed=seed), dataclasses.replace(one, split_seed=seed)
    chosen = dict(zip(PROBES, (one, one, seeded, first[rival], split), strict=True))
    return {
        name: dataclasses.replace(spec, folder=str((folder / name).absolute()), probe=UPDATES, resume=False)
        for name, spec in chosen.items()
        if isinstance(spec, CommandSpec)
    }


def _values(probe: Probe) -> tuple[tuple[float, ...], ...]:
    """The values by which probes are compared: sums over weights and gradients, or else what was reported."""
    if probe.observed:
        return tuple((one["weights"], one["gradient"]) for one in probe.observed[:UPDATES])
    return tuple(tuple(value for name, value in sorted(row.items()) if name != "time") for row in probe.rows)


def _same(first: Probe, second: Probe) -> bool:
    """Whether two probes are equal as far as both go; False if there is nothing to compare."""
    pairs = list(zip(_values(first), _values(second), strict=False))
    return len(pairs) > 1 and all(one == other for one, other in pairs)


def _rates_line(a: Probe) -> Iterator[str]:
    if a.rates is None:
        yield (
            "No learning rate was recorded within the probe: not yet seen whether it follows the schedule; the first "
            "full run decides."
        )
    else:
        yield f"The learning rates of {len(a.rates.rate)} updates are those of the schedule (source: {a.rates.source})."


def _repeats(a: Probe, b: Probe) -> Iterator[str]:
    pairs = list(zip(_values(a), _values(b), strict=False))
    if not pairs:
        yield "Nothing was reported within the probe: not yet seen whether repeated runs are the same."
    elif not all(one == other for one, other in pairs):
        largest = max(_distance(one, other) for one, other in pairs)
        yield f"Not deterministic: repeats differ by {largest:.2g} of their size within the probe. This is allowed."


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    pairs = zip(one, other, strict=False)
    return max((abs(x - y) / max(abs(x), abs(y), 1e-300) for x, y in pairs), default=0.0)


def _pairs(a: Probe, d: Probe) -> Iterator[str]:
    """Whether two arms of a replicate begin with the same weights and the same batch."""
    if a.observed and d.observed and _values(a)[0] != _values(d)[0]:
        yield (
            "Pairs do not share their initialization: arms with the same seed begin differently. This is allowed, but "
            "it costs replicates."
        )


def _arms(a: Probe, d: Probe) -> Iterator[str]:
    if a.rates is not None and d.rates is not None and a.rates.rate == d.rates.rate:
        yield "Two arms have the same rates within the probe, such as a common warmup: not yet seen how they differ."


def _split(a: Probe, b: Probe, e: Probe) -> Iterator[str]:
    """Whether another split seed changes anything, which cannot be told if repeats differ."""
    if _same(a, b) and _same(a, e):
        yield (
            "The split seed has no effect. Unless the split is drawn with the seed, there is only one split of the "
            "data, and the conclusion holds for that split only."
        )


def _metric(comparison: Comparison, a: Probe) -> Iterator[str]:
    script = comparison.script
    names = sorted({name for row in a.rows for name in row} - {"step", "time"})
    if script is None or script.metric in names:
        return
    found = f"; reported so far: {', '.join(names)}" if names else ""
    yield f"{script.metric!r} was not reported within the probe: not yet seen{found}."


def seconds_of_a_run(probe: Probe, steps: int) -> float | None:
    """How long a whole run takes, excluding what the probe has not seen, such as validation; None if unknown.

    Without times of updates, the whole probe counts, including its start-up.
    """
    if probe.complete:
        return probe.seconds
    timed = _times(probe)
    if len(timed) < 3 or timed[-1][0] == timed[0][0]:
        return None if probe.rates is None else probe.seconds / (probe.rates.step[-1] + 1) * steps
    (first, began), (last, ended) = timed[0], timed[-1]
    return max(probe.seconds - (ended - began), 0.0) + (ended - began) / (last - first) * steps


def _times(probe: Probe) -> list[tuple[int, float]]:
    """The times of updates in a probe."""
    timed = [(number, one["time"]) for number, one in enumerate(probe.observed)]
    return timed or [(int(row["step"]), row["time"]) for row in probe.rows if "time" in row]


def cost_sentence(comparison: Comparison, seconds: float | None, *, at_most: bool = False) -> str:
    """What a study costs, in words; if it may end early, from the fewest runs to the most.

    Args:
        comparison: The declaration.
        seconds: Duration of a run in seconds; None if unknown.
        at_most: Whether a run is probably shorter.

    Example:
        >>> from loganneal.studies.declare.comparison import declare_script
        >>> from loganneal.studies.declare.script import Script
        >>> script = Script(command=("python", "train.py", "--seed", "${seed}"), gpus=2)
        >>> comparison = declare_script(script, steps=5000, peak_lr=6e-4, margin=0.3, looks=(4, 6, 8))
        >>> cost_sentence(comparison, 2460)
        '16 to 32 runs of about 41 min on 2 GPUs: 22 to 44 GPU hours, without validation.'
    """
    counts = sorted({comparison.fewest, comparison.total})
    runs = f"{_span(counts)} runs"
    if seconds is None:
        return f"{runs}; how long a run takes is not known yet."
    about = "at most" if at_most else "about"
    gpus = comparison.script.gpus if comparison.script else None
    on = f" on {gpus:g} GPU{'' if gpus == 1 else 's'}" if gpus else ""
    unit, factor = ("GPU hours", gpus) if gpus else ("hours", 1.0)
    hours = [count * seconds * factor / 3600 for count in counts]
    if gpus or hours[-1] >= 1:
        return f"{runs} of {about} {_time(seconds)}{on}: {_span(hours)} {unit}, without validation."
    return f"{runs} of {about} {_time(seconds)}: {_span([60 * one for one in hours])} minutes, without validation."


def _span(values: Sequence[float]) -> str:
    """Numbers in order, as a range if there are two; whole numbers in full, others to two digits."""
    texts = [f"{value:,}" if isinstance(value, int) else _two_digits(value) for value in values]
    return " to ".join(dict.fromkeys(texts))


def _two_digits(value: float) -> str:
    """A number to two digits, without an exponent: 1,200 and 0.012."""
    return f"{value:.2g}" if value < 99 else f"{float(f'{value:.1e}'):,.0f}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
