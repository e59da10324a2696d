"""Schedules of every class: what holds for schedules is tested with these, on every framework."""

import loganneal as la

LOG = la.CyclicalLogAnnealing(
    0.1, 3, 1e-3, 1.5, peak_decay=0.9, warmup_steps=2, warmup_init_lr=0.01, restart_warmup_share=0.2
)
SAMPLES: dict[str, la.Schedule] = {
    "equal cycles": la.CyclicalLogAnnealing(0.1, 4),
    "everything": LOG,
    "cosine": la.CyclicalCosineAnnealing(0.1, 4, cycle_mult=2, cycles=3),
    "linear": la.CyclicalLinearAnnealing(0.1, 4, peak_decay=0.5),
    "published": la.PublishedLogAnnealing(0.1, 0.001, 10),
    "constant": la.Constant(0.1),
    "one fall": la.Cosine(0.1, 20, 1e-3),
    "line": la.Linear(0.1, 20),
    "polynomial": la.Polynomial(0.1, 20, power=0.5),
    "one cycle": la.OneCycle(0.1, 20),
    "step decay": la.StepDecay(0.1, 5),
    "milestones": la.MultiStepDecay(0.1, [5, 9]),
    "exponential": la.ExponentialDecay(0.1, 5, min_lr=0.01),
    "inverse square root": la.InverseSquareRoot(0.1, 5),
    "wsd": la.WarmupStableDecay(0.1, 20, 5, 5, shape="one_minus_sqrt"),
    "warmup": la.Warmup(la.Cosine(0.1, 20), 5),
    "join": la.Join([la.Constant(0.1), LOG], [7]),
    "scale": la.Scale(LOG, 0.5),
    "momentum": la.InverseMomentum(la.CyclicalLogAnnealing(0.1, 7, warmup_steps=2)),
    "beyond 32 bits": la.Join([la.Warmup(la.Cosine(0.1, 2**40), 2**35), la.OneCycle(0.1, 2**50)], [2**45]),
    "warmup beyond 32 bits": la.CyclicalLogAnnealing(0.1, 2**40, warmup_steps=2**33, warmup_init_lr=0.01),
    "rex": la.Rex(0.1, 40, 0.001),
    "inverse time": la.InverseTimeDecay(0.1, 7.5),
    "root with cooldown": la.InverseSquareRootCooldown(0.1, 40, 5, 12, 0.01),
    "power scheduler": la.PowerScheduler(0.1, 40, 5, 8, 9.5, 1e-4, -0.7, 0.01),
    "wsd, 1 - q**2": la.WarmupStableDecay(0.1, 40, 5, 20, 0.001, shape="one_minus_square"),
    "wsd, (1 - q)**p": la.WarmupStableDecay(0.1, 40, 5, 20, shape="power", power=1.7),
    "wsd, geometric": la.WarmupStableDecay(0.1, 40, 5, 20, 1e-4, shape="geometric"),
    "wsd that repeats": la.CyclicalStableDecay(0.1, 7, 1e-4, 1.5, 0.3, "geometric", None, 0.8, 3, 0.01, 4),
    "wsd that repeats equally": la.CyclicalStableDecay(0.1, 10, decay_share=0.2),
    "triangles": la.CyclicalTriangular(0.1, 10, 0.01),
    "halved triangles": la.CyclicalTriangular(0.1, 9.5, 0.001, 0.3, "triangular2", cycles=5),
    "falling triangles": la.CyclicalTriangular(0.1, 10, 0.001, 0.0, "exp_range", 0.99),
    "table": la.Piecewise([(3, 0.01), (10, 0.1), (20, 0.1), (50, 0.0)]),
    "table on a logarithmic scale": la.Piecewise([(0, 1e-5), (10, 0.1), (50, 1e-4)], "logarithmic"),
    "cooldown": la.cooldown(la.CyclicalLogAnnealing(0.1, 20), 25, 10, 0.001, "one_minus_sqrt"),
    "cosine to a floor": la.Cosine(0.1, 40, 0.001),
    "cubic": la.Polynomial(0.1, 40, 0.01, power=3),
    "short steps": la.StepDecay(0.1, 7, 0.3),
    "three milestones": la.MultiStepDecay(0.1, [5, 6, 40], 0.3),
    "exponential to a floor": la.ExponentialDecay(0.1, 7, 0.3, 0.001),
    "root with a first rate": la.InverseSquareRoot(0.1, 5, 0.01),
    "root without warmup": la.InverseSquareRoot(0.1, 0, timescale_steps=2.5),
    "wsd with everything": la.WarmupStableDecay(0.1, 40, 5, 20, 0.001, 0.01, "cosine"),
    "published with warmup": la.PublishedLogAnnealing(0.1, 0.001, 10, 2, warmup_steps=3),
    "warmup with a first rate": la.Warmup(la.Cosine(0.1, 40), 8, 0.01),
    "join of joins": la.Join(
        [la.Linear(0.1, 9), la.Join([la.Constant(0.2), la.Linear(0.3, 6)], [4]), la.Constant(1)], [9, 30]
    ),
}
