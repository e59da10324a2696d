"""A Trainer of Transformers, which makes its own default scheduler if it is sabotaged."""

import torch
import transformers
from sabotage import SABOTAGE

import loganneal as la
from loganneal.torch import ScheduleLR
from loganneal.transformers import TrialCallback


class Model(torch.nn.Linear):
    """A line, fitted to its labels."""

    def forward(self, x, labels):
        found = super().forward(x)
        return {"loss": (found[:, 0] - labels).square().mean(), "logits": found}


def main() -> None:
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    transformers.set_seed(trial.seed)
    model, rows = Model(4, 1), [{"x": torch.randn(4), "labels": torch.randn(())} for _ in range(24)]
    optimizer = torch.optim.SGD(model.parameters(), lr=trial.peak_lr)
    scheduler = None if SABOTAGE == "default-scheduler" else ScheduleLR(optimizer, trial.schedule)
    quiet = {"report_to": [], "disable_tqdm": True, "save_strategy": "no", "use_cpu": True}
    arguments = transformers.TrainingArguments(
        str(trial.folder), max_steps=trial.steps, eval_strategy="steps", eval_steps=20, seed=trial.seed, **quiet
    )
    trainer = transformers.Trainer(
        model,
        arguments,
        train_dataset=rows,
        eval_dataset=rows[:8],
        optimizers=(optimizer, scheduler),
        callbacks=[TrialCallback(trial, validation="eval_loss")],
    )
    trainer.train()


if __name__ == "__main__":
    main()
