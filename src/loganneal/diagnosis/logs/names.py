"""The names that steps, rates and losses go by in the logs of others."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

ALIASES = {
    "step": ("step", "global_step", "trainer_global_step", "train_global_step", "iteration", "iter", "update"),
    "lr": ("lr", "learning_rate", "train_learning_rate", "train_lr", "lr_0", "lr_group_0", "epoch_learning_rate"),
    "loss": (
        *("loss", "train_loss_step", "train_loss", "training_loss", "loss_train", "train_epoch_loss"),
        *("train_step_loss", "batch_loss"),
    ),
    "validation_loss": (
        *("validation_loss", "val_loss", "valid_loss", "eval_loss", "loss_val", "loss_validation", "loss_eval"),
        *("validation_epoch_loss", "test_loss"),
    ),
    "grad_norm": ("grad_norm", "train_grad_norm", "gradient_norm", "total_grad_norm", "grad_2_0_norm_total"),
    "epoch": ("epoch", "train_epoch"),
}
"""Names that each thing goes by, the preferred first; capitals, and whether the words are joined by / - . or a space,
make no difference."""


class LogError(ValueError):
    """A log lacks something, or cannot be read; the message says what."""


def taken(names: Iterable[str]) -> dict[str, str]:
    """The name in the file for each of ours that is there."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"), name)
    found = {ours: plain[alias] for ours, aliases in ALIASES.items() for alias in reversed(aliases) if alias in plain}
    rates = [name for alias, name in plain.items() if alias.startswith("lr_")]  # Lightning's monitor writes lr-SGD
    if "lr" not in found and rates:
        found["lr"] = rates[0]
    return found


def lacking(name: str, names: Iterable[str], file: Path) -> NoReturn:
    """Raise the error for something that is not there.

    Args:
        name: Our name for it.
        names: What is there.
        file: The log.
    """
    looked = ", ".join(ALIASES[name])
    raise LogError(f"{file} has nothing for {name}: looked for {looked}; found {', '.join(names) or 'nothing'}.")
