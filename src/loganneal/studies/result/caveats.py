"""What a reader must know beside the verdicts: warnings before the table, caveats after it."""

from typing import Any

from loganneal.data.metric import bracketed
from loganneal.studies.declare.arms import WARMUP_SHARE
from loganneal.studies.judge.selection import EDGE_LIMIT
from loganneal.studies.judge.verdicts import LOSS_CUT

SECOND = "linear"
"""The arm that any claim must face beside the reference, being known to be hard to beat."""


def warnings(summary: dict[str, Any]) -> list[str]:
    """What may make the verdicts wrong or missing, for the top of a report.

    Args:
        summary: What `conclude` makes.
    """
    return [*_unfinished(summary), *_uninformative(summary), *_edges(summary)]


def caveats(summary: dict[str, Any]) -> list[str]:
    """What the comparison held fixed, and how far its claim reaches.

    Args:
        summary: What `conclude` makes.
    """
    return [
        _fixed(summary["declaration"]),
        _claim(summary["declaration"]),
        *_second(summary["declaration"]),
        _area(summary),
        *_diverged(summary),
        *_averaged(summary),
        *_correlations(summary),
        _dependence(summary["declaration"]),
        *_exploratory(summary),
        "What a comparison suggests is confirmed by another, declared before its first run, on fresh seeds and with a "
        "workload that had no part in the choice.",
    ]


def _unfinished(summary: dict[str, Any]) -> list[str]:
    done, declared = summary["replicates_done"], summary["declaration"]["replicates"]
    lines = []
    if done < declared:
        lines.append(
            f"Partial: {done} of {declared} replicates count; the same command adds the rest, and until then no "
            "verdict is final."
        )
    if summary["replicates_mixed"]:
        lines.append(
            f"{summary['replicates_mixed']} replicates are left out: their runs come from different kinds of "
            "device, which are never paired."
        )
    return lines


def _uninformative(summary: dict[str, Any]) -> list[str]:
    if summary["informative"] is not False:
        return []
    return [
        "Not informative: the reference cut its training loss by only "
        f"{summary['reference_loss_cut']:.0%}, less than {LOSS_CUT:.0%}. "
        "More steps are needed before schedules can differ."
    ]


def _edges(summary: dict[str, Any]) -> list[str]:
    return [
        f"{arm['title']}: {share:.0%} of the chosen values of {name} lie in the eighth of the range next to its "
        f"{end} end ({limits[end]:g}); a wider range, the same for every arm, may serve this arm better."
        for arm in summary["arms"]
        for name, limits in (arm["edges"] or {}).items()
        for end, share in limits["shares"].items()
        if share > EDGE_LIMIT
    ]


def _fixed(declared: dict[str, Any]) -> str:
    momentum = f" with momentum {declared['momentum']:g}" if declared["optimizer"] == "sgd" else ""
    decay = "weight decay" if "weight_decay" in declared["tuned"] else f"weight decay {declared['weight_decay']:g}"
    others = "".join(f", {name} {value}" for name, value in declared["settings"].items())
    return (
        f"Fixed, alike in every arm: {declared['model']}, {declared['train_examples']:,} training examples, "
        f"batches of {declared['batch_size']}, {declared['steps']} steps, {declared['optimizer']}{momentum}, {decay}, "
        f"{declared['precision']}, augmentation{others}, and warmup over {WARMUP_SHARE:.0%} of the steps unless an arm "
        "declares its own (one-cycle has its own rise)."
    )


def _claim(declared: dict[str, Any]) -> str:
    own = [name for name in declared["tuned"] if name != "peak_lr"]
    tuned = f"The peak rate and {', '.join(own)} are" if own else "Only the peak rate is"
    return (
        f"{tuned} tuned, with {declared['trials']} trials for every arm; all else of a shape stands at its "
        "declared value. The claim is for tuning of this size, this network and this data."
    )


def _second(declared: dict[str, Any]) -> list[str]:
    if SECOND in declared["arms"]:
        return []
    return ["Linear decay is not among the arms: it is hard to beat, and no claim should stand without facing it."]


def _area(summary: dict[str, Any]) -> str:
    shares = ", ".join(f"{arm['name']} {arm['mean_rate_over_peak']:.2f}" for arm in summary["arms"])
    equal = _equal_area(summary)
    return (
        f"Schedules differ in area too, not in shape alone. Mean rate over peak rate: {shares}. "
        f"The figure over the mean rate compares them at equal area; it is exploratory.{equal}"
    )


def _equal_area(summary: dict[str, Any]) -> str:
    decimals = summary["declaration"]["metric"]["decimals"]
    found = [(arm["name"], one) for arm in summary["arms"] if (one := arm["equal_mean_rate"])]
    if not found:
        return ""
    texts = [f"{name} {bracketed(one['mean'], one['interval95'], decimals)}" for name, one in found]
    return f" So is this: tuned only within the mean rates that both have, against the reference {', '.join(texts)}."


def _diverged(summary: dict[str, Any]) -> list[str]:
    counts = [f"{arm['name']} {arm['diverged']}" for arm in summary["arms"] if arm["diverged"]]
    if not counts:
        return []
    floor, metric = summary["declaration"]["floor"], summary["declaration"]["metric"]
    counted = "the worst score of any run" if floor is None else f"{metric['factor'] * floor:g} ({metric['label']})"
    return [f"Diverged runs, counted as {counted}: {', '.join(counts)}."]


def _averaged(summary: dict[str, Any]) -> list[str]:
    averaged = [f"{arm['name']} ({arm['averaging']})" for arm in summary["arms"] if arm["averaging"]]
    if not averaged:
        return []
    return [
        f"Scored by averaged weights of the same runs as the arm without: {', '.join(averaged)}. Statistics of "
        "BatchNorm are computed anew for them, which costs passes over training data that the others do not make."
    ]


def _correlations(summary: dict[str, Any]) -> list[str]:
    found = [f"{arm['name']} {arm['correlation']:.2f}" for arm in summary["arms"] if arm["correlation"] is not None]
    if not found:
        return []
    return [f"Correlation of the pairs over replicates, which nothing here relies on: {', '.join(found)}."]


def _dependence(declared: dict[str, Any]) -> str:
    return (
        f"Replicates draw their examples anew from one data set ({declared['workload_title']}), so an interval "
        "speaks about it, not about others."
    )


def _exploratory(summary: dict[str, Any]) -> list[str]:
    if not summary["exploratory"]:
        return []
    return ["Pairs of rivals were not declared: their differences are exploratory, without a test or a verdict."]
