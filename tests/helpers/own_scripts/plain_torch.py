"""A plain loop of PyTorch as a user writes it: it fits a line to noisy data, and its optimizer is watched."""

import torch
from sabotage import SABOTAGE, misbehave, rate_of, seed_of

import loganneal as la


def main() -> None:
    torch.set_num_threads(1)
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    torch.manual_seed(seed_of(trial))
    inputs = torch.linspace(-1, 1, 64)[:, None]
    targets = 3 * inputs + 1 + 0.1 * torch.randn(64, 1)
    model, rate = torch.nn.Linear(1, 1), rate_of(trial)
    optimizer = torch.optim.SGD(model.parameters(), lr=trial.peak_lr)
    if SABOTAGE != "unseen":
        trial.watch(optimizer)
    for step in range(trial.steps or 60):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        rows = torch.randint(48, (8,))
        loss = torch.nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 19:
            held_out = torch.nn.functional.mse_loss(model(inputs[48:]), targets[48:]).item()
            scores = {} if SABOTAGE == "no-result" else {"validation": held_out}
            trial.report(step + 1, loss=loss.item(), **scores)
        misbehave(step)


if __name__ == "__main__":
    main()
