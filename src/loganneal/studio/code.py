"""The code of a schedule for each framework: complete programs whose model is to be replaced."""

import inspect
import json
from collections.abc import Callable
from typing import Any

from loganneal.schedules import InverseMomentum, Schedule

MOMENTUM = "Only the PyTorch and Lightning code sets a momentum; this code has only the learning rate that it mirrors."


def call(schedule: Schedule) -> str:
    """The schedule as a Python call, without the parameters that have their default values.

    >>> from loganneal import Linear
    >>> call(Linear(0.1, total_steps=100))
    'la.Linear(max_lr=0.1, total_steps=100)'
    """
    parameters = inspect.signature(type(schedule)).parameters.values()
    given = [(one.name, getattr(schedule, one.name), one.default) for one in parameters]
    words = [f"{name}={_text(value)}" for name, value, default in given if value != default]
    return f"la.{type(schedule).__name__}({', '.join(words)})"


def _text(value: Any) -> str:
    if isinstance(value, Schedule):
        return call(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    return repr(value)


def _rate(schedule: Schedule) -> Schedule:
    """The learning rate of a schedule that may be a momentum."""
    while isinstance(schedule, InverseMomentum):
        schedule = schedule.schedule
    return schedule


def _made(schedule: Schedule) -> str:
    """The lines that make the learning rate, and the momentum if there is one."""
    lines = [f"schedule = {call(_rate(schedule))}"]
    if isinstance(schedule, InverseMomentum):
        lines.append(f"momentum = {call(schedule)}")
    return "\n".join(lines)


def _scheduler(schedule: Schedule) -> str:
    values = ', values={"momentum": momentum}' if isinstance(schedule, InverseMomentum) else ""
    return f"ScheduleLR(optimizer, schedule{values})"


def _sgd(parameters: str, schedule: Schedule) -> str:
    momentum = "momentum.max_lr" if isinstance(schedule, InverseMomentum) else "0.9"
    return f"torch.optim.SGD({parameters}, lr=schedule.max_lr, momentum={momentum})"


def pytorch(schedule: Schedule, total_steps: int) -> str:
    """A PyTorch loop."""
    return f"""import loganneal as la
import torch
from loganneal.torch import ScheduleLR

{_made(schedule)}

model = torch.nn.Linear(8, 1)  # your model
optimizer = {_sgd("model.parameters()", schedule)}
scheduler = {_scheduler(schedule)}

for step in range({total_steps}):
    loss = model(torch.randn(4, 8)).square().mean()  # your batch
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
"""


def lightning(schedule: Schedule, total_steps: int) -> str:
    """A Lightning module and trainer."""
    return f"""import lightning as L
import loganneal as la
import torch
from loganneal.torch import ScheduleLR

{_made(schedule)}


class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(8, 1)  # your model

    def training_step(self, batch, batch_idx):
        return self.net(batch).square().mean()  # your loss

    def configure_optimizers(self):
        optimizer = {_sgd("self.parameters()", schedule)}
        scheduler = {_scheduler(schedule)}
        return {{"optimizer": optimizer, "lr_scheduler": {{"scheduler": scheduler, "interval": "step"}}}}


if __name__ == "__main__":
    batches = torch.utils.data.DataLoader(torch.randn(64, 8), batch_size=4)  # your data
    trainer = L.Trainer(max_steps={total_steps}, logger=False, enable_checkpointing=False)
    trainer.fit(Model(), batches)
"""


def transformers(schedule: Schedule, total_steps: int) -> str:
    """A Transformers trainer."""
    return f"""import loganneal as la
import torch
from loganneal.torch import ScheduleLR
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

{_made(_rate(schedule))}

model = BertForSequenceClassification(  # your model
    BertConfig(vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
)
data = [{{"input_ids": [1, 2, 3], "labels": 0}}] * 64  # your data
optimizer = torch.optim.AdamW(model.parameters(), lr=schedule.max_lr)
scheduler = ScheduleLR(optimizer, schedule)

if __name__ == "__main__":
    arguments = TrainingArguments("out", max_steps={total_steps}, save_strategy="no", report_to="none")
    Trainer(model, arguments, train_dataset=data, optimizers=(optimizer, scheduler)).train()
"""


def keras(schedule: Schedule, total_steps: int) -> str:
    """A Keras optimizer."""
    return f"""import keras
import loganneal as la
import numpy as np
from loganneal.keras import ScheduleLR

{_made(_rate(schedule))}

model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(1)])  # your model
model.compile(optimizer=keras.optimizers.SGD(ScheduleLR(schedule), momentum=0.9), loss="mse")

x, y = np.random.randn(64, 8), np.zeros((64, 1))  # your data
model.fit(x, y, batch_size=4, steps_per_epoch=16, epochs={max(1, -(-total_steps // 16))}, verbose=0)
"""


def optax(schedule: Schedule, total_steps: int) -> str:
    """An Optax loop."""
    return f"""import jax
import jax.numpy as jnp
import loganneal as la
import optax
from loganneal.optax import as_optax

{_made(_rate(schedule))}

optimizer = optax.adamw(learning_rate=as_optax(schedule))
weights = jnp.ones(8)  # your parameters
state = optimizer.init(weights)


@jax.jit
def update(weights, state):
    gradients = jax.grad(lambda w: jnp.sum(w**2))(weights)  # your loss
    updates, state = optimizer.update(gradients, state, weights)
    return optax.apply_updates(weights, updates), state


for step in range({total_steps}):
    weights, state = update(weights, state)
"""


def nanogpt(schedule: Schedule, total_steps: int) -> str:
    """The function ``get_lr`` that nanoGPT's loop calls before each update."""
    return f"""import loganneal as la
import torch

{_made(_rate(schedule))}


def get_lr(it):
    return schedule(it)


model = torch.nn.Linear(8, 1)  # your model
optimizer = torch.optim.AdamW(model.parameters(), lr=schedule.max_lr)

for iter_num in range({total_steps}):
    lr = get_lr(iter_num)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr
    loss = model(torch.randn(4, 8)).square().mean()  # your batch
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
"""


def as_json(schedule: Schedule, total_steps: int) -> str:
    """The schedule as JSON, which `loganneal.from_dict` and ``--schedule FILE.json`` read."""
    return json.dumps(schedule.to_dict(), indent=2) + "\n"


WRITERS: dict[str, Callable[[Schedule, int], str]] = {
    "PyTorch": pytorch,
    "Lightning": lightning,
    "Transformers": transformers,
    "Keras": keras,
    "Optax": optax,
    "nanoGPT": nanogpt,
    "JSON": as_json,
}
"""What writes the code, by the name of the framework."""


def note(framework: str, schedule: Schedule) -> str:
    """What the code of a framework leaves out of a schedule; "" if it leaves out nothing."""
    left_out = isinstance(schedule, InverseMomentum) and framework not in ("PyTorch", "Lightning", "JSON")
    return MOMENTUM if left_out else ""
