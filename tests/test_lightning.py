"""`loganneal.lightning`: snapshots at the ends of cycles, their average, and what is reported when training begins."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import pytest
import torch
from lightning_training import QUIET, Net, SaveAt, fit
from tiny_training import SCHEDULE, inputs, rates
from torch.optim.swa_utils import AveragedModel, update_bn

import loganneal as la
from loganneal.lightning import CycleSnapshots
from loganneal.torch import ScheduleLR

pytestmark = QUIET


def by_step(schedule: la.Schedule | None = SCHEDULE) -> Net:
    return Net(schedule, interval="step")


class Weights(lightning.Callback):
    """Copies of the model after each update, without asking the scheduler."""

    def __init__(self) -> None:
        self.after: list[dict[str, Any]] = []

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        self.after.append({name: value.clone() for name, value in pl_module.state_dict().items()})


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_snapshot_at_the_end_of_each_cycle() -> None:
    """Cycles end with updates 6 and 14: the snapshots are the weights after those."""
    weights, callback = Weights(), CycleSnapshots()
    fit(by_step(), callbacks=[weights, callback])
    assert list(callback.snapshots) == [0, 1]
    assert same(callback.snapshots[0], weights.after[5])
    assert same(callback.snapshots[1], weights.after[13])


def test_accumulated_batches_are_one_update() -> None:
    """With gradient accumulation cycles are counted in updates, too."""
    callback = CycleSnapshots()
    with pytest.warns(UserWarning, match="end in the middle of cycle 2"):
        fit(by_step(), accumulate_grad_batches=2, callbacks=[callback])
    assert list(callback.snapshots) == [0]


def test_the_average_is_that_of_torch() -> None:
    """Parameters as AveragedModel has them; statistics are averaged, whole numbers are those of the last snapshot."""
    net, callback = by_step(la.CyclicalLogAnnealing(0.1, cycle_steps=2)), CycleSnapshots()
    with pytest.warns(UserWarning, match="restarts 7 times in 14 steps"):
        fit(net, callbacks=[callback])
    model = AveragedModel(Net())
    for weights in callback.snapshots.values():
        net.load_state_dict(weights)
        model.update_parameters(net)
    average = callback.average
    for name, parameter in model.module.named_parameters():
        assert torch.equal(average[name], parameter)
    means = [weights["norm.running_mean"] for weights in callback.snapshots.values()]
    torch.testing.assert_close(average["norm.running_mean"], torch.stack(means).mean(0))
    assert average["norm.num_batches_tracked"] == 14


def test_statistics_of_normalisation_are_made_anew() -> None:
    """Torch's ``update_bn`` works on the model that has the average."""
    net, callback = by_step(), CycleSnapshots()
    fit(net, callbacks=[callback])
    net.load_state_dict(callback.average)
    update_bn(inputs().split(28), net)
    torch.testing.assert_close(net.norm.running_mean, inputs().mean(0))


def test_no_average_without_a_snapshot() -> None:
    """It is an error, in a sentence."""
    with pytest.raises(ValueError, match="must be asked for after the end of a cycle"):
        _ = CycleSnapshots().average


def test_files(tmp_path: Path) -> None:
    """Each snapshot is a file that ``torch.load`` accepts by default, and nothing else is left in the folder."""
    callback = CycleSnapshots(tmp_path / "snapshots")
    fit(by_step(), callbacks=[callback])
    files = sorted((tmp_path / "snapshots").iterdir())
    assert [file.name for file in files] == ["cycle-000.pt", "cycle-001.pt"]
    for file, weights in zip(files, callback.snapshots.values(), strict=True):
        assert same(torch.load(file), weights)


@pytest.mark.parametrize("files", [False, True])
@pytest.mark.parametrize("cut", [5, 6, 10])
def test_resuming_from_a_checkpoint(tmp_path: Path, cut: int, files: bool) -> None:
    """The snapshots of before and after, as if the training had not been interrupted."""

    def callback() -> CycleSnapshots:
        return CycleSnapshots(tmp_path / "snapshots" if files else None)

    whole, resumed = callback(), callback()
    fit(by_step(), callbacks=[whole, SaveAt(cut, tmp_path / "saved.ckpt")])
    fit(by_step(), tmp_path / "saved.ckpt", callbacks=[resumed])
    assert list(resumed.snapshots) == [0, 1]
    assert all(same(resumed.snapshots[cycle], whole.snapshots[cycle]) for cycle in whole.snapshots)


@pytest.mark.slow
def test_two_processes(tmp_path: Path) -> None:
    """Each has the snapshots, before and after a resume; the files are there once."""
    command = [sys.executable, str(Path(__file__).parent / "helpers" / "lightning_processes.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    whole, other, resumed, last = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert whole["cycles"] == resumed["cycles"] == [0, 1]
    assert whole == other
    assert resumed == last
    assert whole["rates"] == rates(14)
    assert resumed["rates"] == rates(14, 8)
    assert resumed["average"] == whole["average"]
    assert sorted(file.name for file in (tmp_path / "snapshots").iterdir()) == ["cycle-000.pt", "cycle-001.pt"]


def test_a_checkpoint_is_small_where_there_are_files(tmp_path: Path) -> None:
    """With a folder the state has the numbers of the cycles and no weights."""
    callback = CycleSnapshots(tmp_path)
    fit(by_step(), callbacks=[callback])
    assert callback.state_dict() == {"cycles": [0, 1], "snapshots": {}}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A checkpoint whose snapshots are in files needs their folder."""
    for folder in (tmp_path, None):
        with pytest.raises(ValueError, match=r"The 'dirpath' parameter .* the folder of cycle-003.pt"):
            CycleSnapshots(folder).load_state_dict({"cycles": [3], "snapshots": {}})


def test_without_a_scheduler_of_loganneal() -> None:
    """There is nothing that could say where cycles end."""
    with pytest.raises(ValueError, match=r"The 'lr_scheduler' .* must be a scheduler of loganneal"):
        fit(by_step(None), callbacks=[CycleSnapshots()])


def test_a_schedule_without_cycles() -> None:
    """Snapshots that would never be taken are an error."""
    with pytest.raises(ValueError, match=r"The 'schedule' .* must be one with cycles. Got Constant"):
        fit(by_step(la.Constant(0.1)), callbacks=[CycleSnapshots()])


def test_cycles_in_steps_that_are_stepped_by_epoch() -> None:
    """Lightning's default interval is an error if no cycle would ever end."""
    with pytest.raises(ValueError, match=r"The 'interval' .* must be 'step' .* no cycle ends in 2 epochs"):
        fit(Net(), callbacks=[CycleSnapshots()])


def test_cycles_in_epochs() -> None:
    """Durations meant in epochs, and stepped by epoch, cause no warning."""
    callback = CycleSnapshots()
    fit(Net(la.CyclicalLogAnnealing(0.1, cycle_steps=1)), callbacks=[callback])
    assert list(callback.snapshots) == [0, 1]


def test_manual_optimization() -> None:
    """If the module steps by itself, its steps count, whatever interval Lightning assumes."""

    class Manual(Net):
        automatic_optimization = False

        def training_step(self, batch: torch.Tensor, index: int) -> None:
            self.optimizers().zero_grad()
            self.manual_backward(super().training_step(batch, index))
            self.optimizers().step()
            self.lr_schedulers().step()

    callback = CycleSnapshots()
    fit(Manual(), callbacks=[callback])
    assert list(callback.snapshots) == [0, 1]


def test_a_budget_that_does_not_suit_is_warned_of() -> None:
    """One warning for each sentence of advise, when training begins."""
    schedule = la.CyclicalLogAnnealing(0.1, cycle_steps=9)
    [sentence] = la.advise(schedule, 14, 7)
    with pytest.warns(UserWarning, match=re.escape(sentence)) as caught:
        fit(by_step(schedule), callbacks=[CycleSnapshots()])
    ours = [str(warning.message) for warning in caught if "Annealing" in str(warning.message)]
    assert ours == [f"CyclicalLogAnnealing: {sentence}"]


class Two(lightning.LightningModule):
    """Two optimizers, each with its scheduler, that are stepped by hand in each batch."""

    automatic_optimization = False

    def __init__(self, schedule: la.Schedule) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(4, 1) for _ in range(2)])
        self.schedule, self.updates = schedule, 0

    def configure_optimizers(self) -> Any:
        optimizers = [torch.optim.SGD(layer.parameters(), lr=0.1) for layer in self.layers]
        return optimizers, [ScheduleLR(optimizer, self.schedule) for optimizer in optimizers]

    def training_step(self, batch: torch.Tensor, index: int) -> None:
        self.updates += 1
        for layer, optimizer, scheduler in zip(self.layers, self.optimizers(), self.lr_schedulers(), strict=True):
            optimizer.zero_grad()
            self.manual_backward(layer(batch).square().mean())
            optimizer.step()
            scheduler.step()


def test_optimizers_that_share_the_steps_of_a_training_are_told_apart() -> None:
    """``max_steps`` counts the updates of both together: a schedule over all of them ends halfway, with a warning."""
    whole, half = Two(la.Cosine(0.1, 14)), Two(la.Cosine(0.1, 7))
    with pytest.warns(UserWarning, match=r"^Cosine: (14 steps, shared|7 steps end)") as caught:
        fit(whole, max_epochs=None, max_steps=14, callbacks=[CycleSnapshots()])
    assert "Cosine: 14 steps, shared by 2 optimizers, are 7 for each of them." in [str(one.message) for one in caught]
    fit(half, max_epochs=None, max_steps=14, callbacks=[CycleSnapshots()])
    fit(Two(la.Cosine(0.1, 14)), callbacks=[CycleSnapshots()])
    assert whole.updates == half.updates == 7


def test_the_hook_goes_with_the_training() -> None:
    """After `fit` the scheduler has no hook of the callback."""
    trainer = fit(by_step(), callbacks=[CycleSnapshots()])
    assert not trainer.lr_scheduler_configs[0].scheduler._cycle_end_hooks


def test_a_missing_lightning_names_the_extra() -> None:
    """One sentence, and what to install."""
    hidden = "import sys; sys.modules['lightning'] = None; import loganneal.lightning"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True)
    expected = "loganneal.lightning needs PyTorch and Lightning: pip install 'loganneal[lightning]'"
    assert done.stderr.strip().splitlines()[-1] == f"ModuleNotFoundError: {expected}"
