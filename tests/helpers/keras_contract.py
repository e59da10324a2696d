"""What holds for `loganneal.keras` on every backend; `test_keras.py` runs it once for each, in a process of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from every_schedule import LOG, SAMPLES
from golden import GOLDEN

import loganneal as la

keras = pytest.importorskip("keras")
from loganneal.keras import CycleSnapshots, ScheduleLR  # noqa: E402 - it needs Keras

BACKEND = keras.backend.backend()
COUNTER = np.dtype(keras.backend.standardize_dtype("int"))
LAST = np.iinfo(COUNTER).max


def traced(function: Callable[[Any], Any], **options: Any) -> Callable[[Any], Any]:
    """The function, compiled by the backend; on torch by its tracer alone."""
    if BACKEND == "jax":
        import jax

        return jax.jit(function)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return tf.function(function, **options)
    import torch

    return torch.compile(function, backend=options.get("backend", "eager"))


def whole(step: Any) -> Any:
    """Steps in the type in which Keras counts them."""
    return keras.ops.convert_to_tensor(np.asarray(step, COUNTER))


def numbers(rates: Any) -> Any:
    return keras.ops.convert_to_numpy(rates)


# Rates


def test_golden_rates_of_a_variable() -> None:
    """The rate of an optimizer's own kind of counter is exact to float32, at every step that it reaches."""
    for golden in GOLDEN:
        if golden.step < LAST:
            iterations = keras.Variable(golden.step, dtype="int", trainable=False)
            assert golden.error(float(ScheduleLR(golden.schedule)(iterations))) <= 2e-6, golden


@pytest.mark.parametrize("part", range(4))
def test_golden_rates_in_a_graph(part: int) -> None:
    """The formula as the backend compiles it is within the tolerance of float32, and its steps are located exactly."""
    rows = [golden for golden in GOLDEN if golden.step < LAST][part::4]
    rules = [ScheduleLR(golden.schedule) for golden in rows]
    graph = traced(lambda steps: keras.ops.stack([rule(steps[i]) for i, rule in enumerate(rules)]))
    rates = numbers(graph(whole([golden.step for golden in rows])))
    worst = max(zip(rows, rates, strict=True), key=lambda pair: pair[0].error(float(pair[1])))
    assert worst[0].error(float(worst[1])) <= 2e-6, worst


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_every_schedule_in_a_graph(schedule: la.Schedule) -> None:
    """An array of steps gives an array of rates, the same in a graph and outside."""
    rule, steps = ScheduleLR(schedule), whole(np.arange(60).reshape(3, 20))
    rates = numbers(traced(rule)(steps))
    assert (rates.shape, rates.dtype) == ((3, 20), np.float32)
    exact = schedule.curve(60).reshape(3, 20)
    np.testing.assert_allclose(rates, exact, rtol=2e-6, atol=2e-12 * schedule.max_lr)
    np.testing.assert_allclose(numbers(rule(steps)), exact, rtol=1e-7)


@pytest.mark.parametrize("growth", [1, 2])
def test_a_restart_beyond_the_whole_numbers_of_float32(growth: int) -> None:
    """A cycle of 2**24 + 1 steps ends where it does, which Keras' own restarts miss."""
    length = 2**24 + 1
    rule = ScheduleLR(la.CyclicalLogAnnealing(0.1, length, cycle_mult=growth))
    graph = traced(rule)
    for step, height in ((length - 1, 0.0), (length, 0.1), (length + 1, 0.1)):
        for rate in (rule(whole(step)), graph(whole(step))):
            assert float(rate) == pytest.approx(height, abs=1e-7)
    theirs = keras.optimizers.schedules.CosineDecayRestarts(0.1, length, 1.0)
    assert float(theirs(whole(length - 1))) == pytest.approx(0.1)


def test_fractions_and_numbers() -> None:
    """Python numbers, and floats in a graph, are steps too."""
    rule = ScheduleLR(LOG)
    assert [float(rule(step)) for step in (0, 7, 5.25)] == pytest.approx([LOG(0), LOG(7), LOG(5.25)], rel=1e-6)
    step = keras.ops.convert_to_tensor(np.float32(5.25))
    assert float(traced(rule)(step)) == pytest.approx(LOG(5.25), rel=2e-6)


@pytest.mark.parametrize("step", [-1, whole(-1), 1e30])
def test_steps_that_cannot_be(step: Any) -> None:
    """A negative or huge step is an error where it can be seen."""
    with pytest.raises(ValueError, match="The 'step' parameter of Linear must be"):
        ScheduleLR(la.Linear(0.1, 10))(step)


@pytest.mark.skipif(BACKEND == "torch", reason="PyTorch can always see the step")
@pytest.mark.parametrize(("step", "rate"), [(whole(-1), 0.1), (whole(LAST), 0.0), (np.float32(1e30), 0.0)])
def test_steps_in_a_graph_are_clipped(step: Any, rate: float) -> None:
    """A step that cannot be seen is clipped to the first, or to the last that there is."""
    assert float(traced(ScheduleLR(la.Linear(0.1, 10)))(step)) == pytest.approx(rate)


def test_half_precision_does_not_round_the_rate() -> None:
    """If Keras' float is half, steps and rates keep float32; if it is double, so is the rate outside a graph."""
    before = keras.config.floatx()
    try:
        keras.config.set_floatx("float16")
        rates = traced(ScheduleLR(LOG))(whole(np.arange(60)))
    finally:
        keras.config.set_floatx(before)
    np.testing.assert_allclose(numbers(rates), LOG.curve(60), rtol=2e-6)


def test_restarts_are_traced_once() -> None:
    """After the first step, a hundred more over many restarts need no further graph."""
    traces = []
    rule = ScheduleLR(LOG)

    def halved(step: Any) -> Any:
        traces.append(step)  # happens while a graph is made, and only then
        return rule(step) / 2

    graph, count = compiled_and_counted(halved, traces)
    assert float(graph(whole(0))) == pytest.approx(LOG(0) / 2, rel=2e-6)
    before = count()
    for step in range(100):
        assert float(graph(whole(step))) == pytest.approx(LOG(step) / 2, rel=2e-6)
    assert count() == before > 0


def compiled_and_counted(function: Any, traces: list[Any]) -> tuple[Callable[[Any], Any], Callable[[], int]]:
    """The function compiled by the backend, and how often that happened: torch counts by itself."""
    if BACKEND != "torch":
        return traced(function), lambda: len(traces)
    from torch._dynamo.testing import CompileCounter

    counter = CompileCounter()
    return traced(function, backend=counter), lambda: counter.frame_count


# Configurations


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_configurations_go_through_json(schedule: la.Schedule) -> None:
    """A rule, and an optimizer that has it, come back with an equal schedule."""
    rule = ScheduleLR(schedule)
    assert ScheduleLR.from_config(json.loads(json.dumps(rule.get_config()))).schedule == schedule
    optimizer = keras.optimizers.Adam(rule)
    written = json.loads(json.dumps(keras.saving.serialize_keras_object(optimizer)))
    again = keras.saving.deserialize_keras_object(written)
    assert again._learning_rate.schedule == schedule


@pytest.mark.parametrize("value", [0.1, lambda step: 0.1, None])
def test_what_is_no_schedule_is_refused(value: Any) -> None:
    """A number, a function or nothing is not a schedule."""
    with pytest.raises(ValueError, match="The 'schedule' parameter of ScheduleLR must be a schedule of loganneal"):
        ScheduleLR(value)


# Training


class Rates(keras.callbacks.Callback):
    """The rate of every update, as the weight shows it: its gradient is 1."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Remember the weight."""
        self._before = float(self.model.get_weights()[0][0, 0])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Record how far it went."""
        self.rates.append(self._before - float(self.model.get_weights()[0][0, 0]))


@keras.saving.register_keras_serializable(package="loganneal-tests")
def mean(truth: Any, output: Any) -> Any:
    """A loss whose gradient in the weight is the mean of the input, 1."""
    return keras.ops.mean(output)


def slope(schedule: la.Schedule, **options: Any) -> Any:
    """A model of one weight."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(ScheduleLR(schedule)), mean, **options)
    return model


def fit(model: Any, epochs: int, first: int = 0, *callbacks: Any) -> list[float]:
    """Train for epochs of 4 updates; the rates of the updates."""
    seen = Rates()
    ones = np.ones((8, 1), np.float32)
    options = {"batch_size": 2, "shuffle": False, "verbose": 0}
    model.fit(ones, ones, epochs=epochs, initial_epoch=first, callbacks=[seen, *callbacks], **options)
    return seen.rates


@pytest.mark.parametrize("schedule", [LOG, SAMPLES["equal cycles"]], ids=["growing", "equal"])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_weights_moved_by_the_rates(schedule: la.Schedule, jit_compile: bool) -> None:
    """Every update of `fit` has the rate of its step, restarts included, whether XLA or torch compiles it or not."""
    if jit_compile and BACKEND == "torch" and not shutil.which("g++"):
        pytest.skip("torch compiles for processors with g++")
    assert fit(slope(schedule, jit_compile=jit_compile), 6) == pytest.approx(schedule.curve(24), abs=3e-7)


def network(schedule: la.Schedule = LOG) -> Any:
    """A small model with an optimizer that has a memory."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(ScheduleLR(schedule), momentum=0.9), "mse")
    return model


def weights(model: Any) -> np.ndarray[Any, Any]:
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_saved_model_goes_on(cut: int, tmp_path: Path) -> None:
    """Saved and loaded, a training ends with the weights and at the rate of an uninterrupted one, to the bit."""
    whole_run, first = network(), network()
    fit(whole_run, 5)
    fit(first, cut)
    first.save(tmp_path / "model.keras")
    second = keras.saving.load_model(tmp_path / "model.keras")
    assert second.optimizer._learning_rate.schedule == LOG
    assert float(second.optimizer.learning_rate) == pytest.approx(LOG(4 * cut))
    fit(second, 5, cut)
    np.testing.assert_array_equal(weights(second), weights(whole_run))
    assert float(second.optimizer.learning_rate) == pytest.approx(LOG(20))


class Power(keras.callbacks.Callback):
    """A power cut in the third epoch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop the program."""
        if self.model.optimizer.iterations == 10:
            raise RuntimeError("the power is gone")


def test_an_interrupted_fit_is_backed_up_and_restored(tmp_path: Path) -> None:
    """With BackupAndRestore the second `fit` repeats the third epoch, and ends as an uninterrupted one, to the bit."""
    whole_run = network()
    fit(whole_run, 5)
    with pytest.raises(RuntimeError, match="the power is gone"):
        fit(network(), 5, 0, keras.callbacks.BackupAndRestore(tmp_path), Power())
    resumed = network()
    assert len(fit(resumed, 5, 0, keras.callbacks.BackupAndRestore(tmp_path))) == 12
    np.testing.assert_array_equal(weights(resumed), weights(whole_run))
    assert int(resumed.optimizer.iterations) == 20


THREE_CYCLES = la.CyclicalLogAnnealing(0.1, 4, cycle_mult=1.5, cycles=3)
"""They end after 4, 10 and 19 updates; an epoch has 4."""


def trained(schedule: la.Schedule, updates: int) -> list[Any]:
    """The weights of the small model after so many updates."""
    model = network(schedule)
    ones = np.ones((2 * updates, 1), np.float32)
    model.fit(ones, ones, batch_size=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.filterwarnings("ignore:CyclicalLogAnnealing. 20 steps:UserWarning")
def test_snapshots_are_the_weights_where_cycles_end() -> None:
    """To the bit those of trainings that stop there, and the average is their mean."""
    model, callback = network(THREE_CYCLES), CycleSnapshots()
    fit(model, 5, 0, callback)
    assert list(callback.snapshots) == [0, 1, 2]
    for snapshot, end in zip(callback.snapshots.values(), (4, 10, 19), strict=True):
        for one, other in zip(snapshot, trained(THREE_CYCLES, end), strict=True):
            np.testing.assert_array_equal(one, other)
    for mean_, *each in zip(callback.average, *callback.snapshots.values(), strict=True):
        np.testing.assert_allclose(mean_, np.mean(each, axis=0), rtol=1e-6)
    model.set_weights(callback.average)


@pytest.mark.filterwarnings("ignore:CyclicalLogAnnealing. (8|20) steps:UserWarning")
def test_snapshots_of_an_interrupted_fit(tmp_path: Path) -> None:
    """A second process continues with the snapshots of the first, and leaves those of an older run in the folder."""
    whole_run, folder = CycleSnapshots(), tmp_path / "snapshots"
    fit(network(THREE_CYCLES), 5, 0, whole_run)
    fit(network(THREE_CYCLES), 5, 0, CycleSnapshots(folder))  # an older training
    first = network(THREE_CYCLES)
    begun = CycleSnapshots(folder)
    fit(first, 2, 0, begun)
    assert list(begun.snapshots) == [0]
    first.save(tmp_path / "model.keras")
    second, resumed = keras.saving.load_model(tmp_path / "model.keras"), CycleSnapshots(folder)
    fit(second, 5, 2, resumed)
    assert list(resumed.snapshots) == [0, 1, 2]
    for one, other in zip(resumed.average, whole_run.average, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_budget_that_does_not_suit_is_warned_of() -> None:
    """`fit` knows its steps: cycles of less than an epoch, mistaken for epochs, are reported."""
    model = network(la.CyclicalLogAnnealing(0.1, 2))
    with pytest.warns(UserWarning, match=r"It restarts 10 times in 20 steps, 2 times an epoch.*in_steps\(4\)"):
        fit(model, 5, 0, CycleSnapshots())


def test_snapshots_need_a_schedule_and_single_steps() -> None:
    """What is missing is named when `fit` begins."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    with pytest.raises(ValueError, match="'learning_rate' parameter of CycleSnapshots must be a ScheduleLR"):
        fit(model, 1, 0, CycleSnapshots())
    model.compile(keras.optimizers.SGD(ScheduleLR(LOG)), "mse", steps_per_execution=2)
    with pytest.raises(ValueError, match=r"steps_per_execution.* must be 1"):  # on PyTorch, Keras says so itself
        fit(model, 1, 0, CycleSnapshots())
    with pytest.raises(ValueError, match="'average' parameter of CycleSnapshots"):
        _ = CycleSnapshots().average


def test_accumulated_gradients_count_batches() -> None:
    """Keras' trap: with gradient_accumulation_steps it asks for the rate of the batch, not of the update."""
    model = slope(SAMPLES["line"])
    rule = ScheduleLR(SAMPLES["line"])
    model.compile(keras.optimizers.SGD(rule, gradient_accumulation_steps=2), mean)
    moved = [rate for rate in fit(model, 2) if rate]
    assert moved == pytest.approx([SAMPLES["line"](batch) for batch in (1, 3, 5, 7)], abs=3e-7)


class Peaks(keras.callbacks.Callback):
    """The batches that are followed by a rate at the peak of the schedule."""

    def __init__(self) -> None:
        super().__init__()
        self.batches, self.before = 0, []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Read the rate that comes next."""
        self.batches += 1
        if float(self.model.optimizer.learning_rate) == pytest.approx(0.1):
            self.before.append(self.batches)


class Kept(CycleSnapshots):
    """Notes the batch after which each snapshot was kept."""

    def __init__(self, clock: Peaks, directory: Path | None = None) -> None:
        super().__init__(directory)
        self.clock, self.after = clock, []

    def _keep(self, index: int) -> None:
        self.after.append(self.clock.batches)
        super()._keep(index)


@pytest.mark.parametrize("accumulated", [None, 2, 4])
def test_snapshots_with_accumulated_gradients(accumulated: int | None, tmp_path: Path) -> None:
    """Before the rate jumps, whatever Keras calls its ``iterations``; with the weights of the last update; resumed."""
    schedule = la.CyclicalCosineAnnealing(0.1, 8, cycles=3)

    def compiled() -> Any:
        model = network(schedule)
        optimizer = keras.optimizers.SGD(ScheduleLR(schedule), gradient_accumulation_steps=accumulated)
        model.compile(optimizer, "mse")
        return model

    model, clock = compiled(), Peaks()
    callback = Kept(clock)
    fit(model, 6, 0, clock, callback)
    assert callback.after == [8, 16, 24]
    assert clock.before == [8, 16]  # after the third cycle the rate stays low
    assert int(model.optimizer.iterations) == 24 // (accumulated or 1)
    half = compiled()
    fit(half, 4, 0, CycleSnapshots(tmp_path / "snapshots"))
    for one, other in zip(half.get_weights(), callback.snapshots[1], strict=True):
        np.testing.assert_array_equal(one, other)
    half.save(tmp_path / "model.keras")
    again, resumed = keras.saving.load_model(tmp_path / "model.keras"), CycleSnapshots(tmp_path / "snapshots")
    fit(again, 6, 4, resumed)
    assert list(resumed.snapshots) == [0, 1, 2]


@pytest.mark.filterwarnings("ignore:CyclicalCosineAnnealing. It is over at step 8:UserWarning")
@pytest.mark.parametrize("mixed", [False, True])
def test_snapshots_under_a_loss_scale(mixed: bool) -> None:
    """The optimizer is wrapped then; in mixed precision it skips batches that overflow at first: these do not count."""
    schedule = la.CyclicalCosineAnnealing(0.1, 4, cycles=2)
    optimizer = keras.optimizers.SGD(ScheduleLR(schedule))
    policy = "mixed_float16" if mixed else "float32"
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, dtype=policy)])
    model.compile(keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**17), mean)
    clock = Peaks()
    callback = Kept(clock)
    fit(model, 5, 0, clock, callback)
    skipped = 20 - int(model.optimizer.iterations)
    assert (skipped > 0) == mixed
    assert callback.after == [skipped + 4, skipped + 8]
    assert list(callback.snapshots) == [0, 1]
