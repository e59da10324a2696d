"""Lightning with a scheduler of loganneal: no adapter is needed, but the interval has to be given."""

from pathlib import Path

import lightning.pytorch as lightning
import pytest
import torch
from lightning.pytorch.callbacks import BackboneFinetuning, BaseFinetuning
from lightning_training import QUIET, Net, SaveAt, fit
from tiny_training import rates

import loganneal as la
from loganneal.torch import ScheduleLR

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
    """A training that continues from a checkpoint has the rates and the weights of one that was never interrupted."""
    whole, resumed = Net(interval="step"), Net(interval="step")
    fit(whole, callbacks=[SaveAt(cut, tmp_path / "saved.ckpt")])
    fit(resumed, tmp_path / "saved.ckpt")
    assert resumed.rates == rates(14, cut)
    assert all(torch.equal(one, whole.state_dict()[name]) for name, one in resumed.state_dict().items())


# A backbone that is unfrozen later


class Transfer(Net):
    """A backbone before the layer, which the optimizer does not have at first."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone, self.groups = torch.nn.Linear(4, 4), []

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.layer(self.norm(self.backbone(batch)))

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        self.groups.append([group["lr"] for group in optimizer.param_groups])

    def configure_optimizers(self) -> dict[str, object]:
        optimizer = torch.optim.SGD([p for p in self.parameters() if p.requires_grad], lr=0.1, momentum=0.5)
        schedule = la.Cosine(0.1, self.trainer.estimated_stepping_batches)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": ScheduleLR(optimizer, schedule), "interval": "step"},
        }


class Unfreeze(BaseFinetuning):
    """After an epoch, at a tenth of the current rate, which is Lightning's default."""

    def freeze_before_training(self, module: lightning.LightningModule) -> None:
        self.freeze(module.backbone)

    def finetune_function(
        self, module: lightning.LightningModule, epoch: int, optimizer: torch.optim.Optimizer
    ) -> None:
        if epoch == 1:
            self.unfreeze_and_add_param_group(module.backbone, optimizer)


def test_an_unfrozen_backbone_keeps_its_ratio(tmp_path: Path) -> None:
    """A tenth of the other rate to the end of the run, and after a resume."""
    whole, resumed = Transfer(), Transfer()
    with pytest.warns(UserWarning, match=r"at step 7 without its base.*initial_lr=0\.01"):
        fit(whole, callbacks=[Unfreeze(), SaveAt(10, tmp_path / "saved.ckpt")], max_epochs=3)
    assert [len(groups) for groups in whole.groups] == [1] * 7 + [2] * 14
    assert all(tenth == pytest.approx(rate / 10, rel=1e-12) for rate, tenth in whole.groups[7:])
    fit(resumed, tmp_path / "saved.ckpt", callbacks=[Unfreeze()], max_epochs=3)
    assert resumed.groups == whole.groups[10:]


def test_lightnings_backbone_finetuning_writes_rates_itself() -> None:
    """The trap: at the beginning of each epoch it sets the rate of the last group, for one update, to its own."""
    net = Transfer()
    callback = BackboneFinetuning(1, lambda epoch: 1.0, should_align=False)
    with pytest.warns(UserWarning, match="without its base"):
        fit(net, callbacks=[callback], max_epochs=4)
    off = [update for update, (rate, *other) in enumerate(net.groups) if other and other[0] != pytest.approx(rate / 10)]
    assert off == [14, 21]


# Continuing under another schedule


class Fitted(Net):
    """A linear schedule over the whole run, as long as the trainer says it is."""

    def __init__(self, on_mismatch: str = "error") -> None:
        super().__init__()
        self.on_mismatch = on_mismatch

    def configure_optimizers(self) -> dict[str, object]:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        self.fall = la.Linear(0.1, self.trainer.estimated_stepping_batches)
        scheduler = ScheduleLR(optimizer, self.fall, on_mismatch=self.on_mismatch)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A checkpoint after 14 of 28 updates, at the end of the second of four epochs."""

    class Save(lightning.Callback):
        def on_train_epoch_end(self, trainer: lightning.Trainer, *_: object) -> None:
            if trainer.current_epoch == 1:
                trainer.save_checkpoint(tmp_path / "half.ckpt")

    fit(Fitted(), callbacks=[Save()], max_epochs=4)
    return tmp_path / "half.ckpt"


def test_a_longer_run_is_an_error_unless_it_is_said(half: Path) -> None:
    """What may change is declared when the scheduler is made; then the position stays."""
    with pytest.raises(ValueError, match=r"schedule\.total_steps.*on_mismatch"):
        fit(Fitted(), half, max_epochs=8)
    longer = Fitted("keep_position")
    fit(longer, half, max_epochs=8)
    assert longer.rates == [la.Linear(0.1, 56)(step) for step in range(14, 56)]


def test_another_batch_size_keeps_the_share(half: Path) -> None:
    """Epochs of 4 updates in place of 7: Lightning continues with the third epoch, and so does the schedule."""
    net = Fitted("keep_share")
    fit(net, half, batch_size=8, max_epochs=4)
    assert net.fall == la.Linear(0.1, 16)
    assert net.rates == [net.fall(step) for step in range(8, 16)]


def test_another_batch_size_does_not_lie_beyond_the_end_in_silence(half: Path) -> None:
    """Step 14 of the old run would be beyond the end of the new one."""
    with pytest.raises(ValueError, match=r"must be below 8, where the new schedule ends.*keep_share"):
        fit(Fitted("keep_position"), half, batch_size=16, max_epochs=4)


def test_lightning_ends_by_its_own_counter(half: Path) -> None:
    """The trap: with ``max_steps`` it ends after so many updates of both runs, whatever the share."""
    net = Fitted("keep_share")
    trainer = fit(net, half, batch_size=8, max_epochs=-1, max_steps=16)
    assert (trainer.global_step, net.rates) == (16, [net.fall(8), net.fall(9)])
