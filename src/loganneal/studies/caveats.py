"""What a reader must know beside the verdicts: warnings before the table, caveats after it."""

from typing import Any

from loganneal.studies.arms import WARMUP_SHARE
from loganneal.studies.selection import EDGE_LIMIT
from loganneal.studies.verdicts import LOSS_CUT


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
        _area(summary),
        *_diverged(summary),
        _dependence(summary["declaration"]),
    ]


def _unfinished(summary: dict[str, Any]) -> list[str]:
    done, declared = summary["replicates_done"], summary["declaration"]["replicates"]
    lines = []
    if done < declared:
        lines.append(f"Partial: {done} of {declared} replicates count; the same command adds the rest.")
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
    low, high = summary["declaration"]["peak_range"]
    lines = []
    for arm in summary["arms"]:
        for end, limit in (("low", low), ("high", high)):
            share = (arm["edge_shares"] or {"low": 0.0, "high": 0.0})[end]
            if share > EDGE_LIMIT:
                lines.append(
                    f"{arm['title']}: {share:.0%} of the chosen peak rates lie in the eighth of the range next "
                    f"to its {end} end ({limit:g}); a wider range may serve this arm better."
                )
    return lines


def _fixed(declared: dict[str, Any]) -> str:
    return (
        f"Fixed, alike in every arm: {declared['model']}, {declared['train_images']:,} training images, "
        f"batches of {declared['batch_size']}, {declared['steps']} steps, {declared['optimizer']} with momentum "
        f"{declared['momentum']:g} and weight decay {declared['weight_decay']:g}, {declared['precision']}, "
        f"augmentation, and warmup over {WARMUP_SHARE:.0%} of the steps (one-cycle has its own rise)."
    )


def _claim(declared: dict[str, Any]) -> str:
    return (
        f"Only the peak rate is tuned, with {declared['trials']} trials for every arm; shapes stand at their "
        "declared values. The claim is for tuning of this size, this network and these images."
    )


def _area(summary: dict[str, Any]) -> str:
    shares = ", ".join(f"{arm['name']} {arm['mean_rate_over_peak']:.2f}" for arm in summary["arms"])
    return f"Schedules differ in area too, not in shape alone. Mean rate over peak rate: {shares}."


def _diverged(summary: dict[str, Any]) -> list[str]:
    counts = [f"{arm['name']} {arm['diverged']}" for arm in summary["arms"] if arm["diverged"]]
    if not counts:
        return []
    floor = 100 * summary["declaration"]["floor"]
    return [f"Diverged runs, counted as {floor:g} % accuracy: {', '.join(counts)}."]


def _dependence(declared: dict[str, Any]) -> str:
    return (
        f"Replicates draw their images anew from one data set ({declared['workload_title']}), so an interval "
        "speaks about it, not about others. Pairs of rivals were not tested against each other."
    )
