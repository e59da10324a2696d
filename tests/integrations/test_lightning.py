"""Lightning with a scheduler of loganneal: no adapter, and the interval that has to be said."""

from pathlib import Path

import lightning.pytorch as lightning
import pytest
import torch
from lightning_training import QUIET, Net, SaveAt, fit
from tiny_training import rates

pytestmark = QUIET


def test_the_rate_follows_the_update() -> None:
    """With the interval "step" each update has the schedule's rate, to the bit."""
    net = Net(interval="step")
    fit(net)
    assert net.rates == rates(14)


def test_the_default_interval_is_an_epoch() -> None:
    """The trap: without the interval a scheduler is stepped once an epoch."""
    net = Net()
    fit(net)
    assert net.rates == [rates(2)[0]] * 7 + [rates(2)[1]] * 7


def test_accumulated_batches_are_one_update() -> None:
    """The scheduler is stepped when the optimizer is: every second batch, and at the end of an epoch."""
    net = Net(interval="step")
    fit(net, accumulate_grad_batches=2)
    assert net.rates == rates(8)


def test_the_monitor_sees_the_rates(tmp_path: Path) -> None:
    """LearningRateMonitor logs the rate of each update."""
    monitor = lightning.callbacks.LearningRateMonitor("step")
    fit(Net(interval="step"), callbacks=[monitor], logger=lightning.loggers.CSVLogger(tmp_path))
    assert monitor.lrs == {"lr-SGD": rates(14)}


@pytest.mark.parametrize("cut", [1, 6, 7, 10, 13])
def test_resuming_from_a_checkpoint(tmp_path: Path, cut: int) -> None:
    """A training that goes on from a checkpoint has the rates and the weights of one that was never interrupted."""
    whole, resumed = Net(interval="step"), Net(interval="step")
    fit(whole, callbacks=[SaveAt(cut, tmp_path / "saved.ckpt")])
    fit(resumed, tmp_path / "saved.ckpt")
    assert resumed.rates == rates(14, cut)
    assert all(torch.equal(one, whole.state_dict()[name]) for name, one in resumed.state_dict().items())
