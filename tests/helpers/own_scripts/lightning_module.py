"""A Lightning module, whose scheduler is stepped once an epoch, Lightning's default, if it is sabotaged."""

import lightning.pytorch as lightning
import torch
from sabotage import SABOTAGE

import loganneal as la
from loganneal.lightning import TrialCallback
from loganneal.torch import ScheduleLR


class Net(lightning.LightningModule):
    """A line, pulled to zero."""

    def __init__(self, trial):
        super().__init__()
        self.trial, self.layer = trial, torch.nn.Linear(4, 1)

    def training_step(self, batch, index):
        return self.layer(batch).square().mean()

    def validation_step(self, batch, index):
        self.log("val_loss", self.layer(batch).square().mean())

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.trial.peak_lr)
        interval = "epoch" if SABOTAGE == "stepped-by-epoch" else "step"
        return [optimizer], [{"scheduler": ScheduleLR(optimizer, self.trial.schedule), "interval": interval}]


def main() -> None:
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    lightning.seed_everything(trial.seed, verbose=False)
    training, validation = (torch.utils.data.DataLoader(torch.randn(24, 4), batch_size=4) for _ in range(2))
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False, "accelerator": "cpu"}
    trainer = lightning.Trainer(
        max_steps=trial.steps, callbacks=[TrialCallback(trial)], enable_checkpointing=False, **quiet
    )
    trainer.fit(Net(trial), training, validation)


if __name__ == "__main__":
    main()
