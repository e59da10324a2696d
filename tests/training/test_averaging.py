"""What the averages of the weights promise."""

import pytest
import torch
from torch import nn

import loganneal as la
from loganneal.training import train
from loganneal.training.averaging import Averages, Ensemble, mean_network, snapshot_steps

CYCLES = la.CyclicalLogAnnealing.fit(total_steps=10, cycles=2, max_lr=0.3)


def followed(spec, steps=10):
    """The averages of a network whose weight is the number of the update."""
    network = nn.Linear(1, 1, bias=False)
    averages = Averages(network, spec)
    for step in range(1, steps + 1):
        with torch.no_grad():
            network.weight.fill_(step)
        averages.update(step)
    return averages


def weights(averages):
    """The single weight of each average, by name."""
    return {name: network.weight.item() for name, network in averages.networks(list) if hasattr(network, "weight")}


def test_exponential_average(small_run):
    """EMA begins at the first weights, and moves to each later one by 1 - decay of the way."""
    expected = 1.0
    for step in range(2, 11):
        expected = 0.8 * expected + 0.2 * step
    found = weights(followed(small_run(averaging=("ema",), ema_decay=0.8)))
    assert found == {"ema": pytest.approx(expected)}


def test_mean_over_the_last_share(small_run):
    """SWA is the plain mean of the weights after each update of the last share of the run."""
    found = weights(followed(small_run(averaging=("swa",), swa_share=0.4)))
    assert found == {"swa": pytest.approx((7 + 8 + 9 + 10) / 4)}


def test_snapshots_are_those_of_cycle_ends(small_run):
    """The snapshot average is the mean of the weights at the ends of cycles, before the rate jumps."""
    spec = small_run(averaging=("snapshots",), schedule=CYCLES)
    assert sorted(snapshot_steps(spec)) == [5, 10]
    assert weights(followed(spec)) == {"snapshot_average": pytest.approx(7.5)}


def test_only_the_last_snapshots_are_kept(small_run):
    """Of many cycles, only the last ones count."""
    schedule = la.CyclicalCosineAnnealing(max_lr=0.3, cycle_steps=2)
    found = weights(followed(small_run(averaging=("snapshots",), schedule=schedule, snapshots=2)))
    assert found == {"snapshot_average": pytest.approx((8 + 10) / 2)}


def test_a_cycle_cut_by_the_budget_ends_with_the_run(small_run):
    """The last update is the end of its cycle even if the budget cuts it."""
    spec = small_run(averaging=("snapshots",), schedule=la.CyclicalCosineAnnealing(max_lr=0.3, cycle_steps=4))
    assert sorted(snapshot_steps(spec)) == [4, 8, 10]


def test_averages_continue(small_run):
    """From a saved state, they continue as if never interrupted."""
    spec = small_run(averaging=("ema", "swa", "snapshots"), schedule=CYCLES, swa_share=0.6)
    state = followed(spec, steps=7).state_dict()
    network = nn.Linear(1, 1, bias=False)
    later = Averages(network, spec)
    later.load_state_dict(state)
    for step in (8, 9, 10):
        with torch.no_grad():
            network.weight.fill_(step)
        later.update(step)
    assert weights(later) == weights(followed(spec))


def test_batch_norm_is_recomputed(small_run):
    """The statistics of an averaged network are those of the inputs under its own weights."""
    network = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    averages = Averages(network, small_run(averaging=("swa",)))
    for step in range(1, 11):
        with torch.no_grad():
            network[0].weight.fill_(step)
        averages.update(step)
    inputs = [torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0], [7.0]])]
    (_, averaged) = next(averages.networks(lambda: inputs))
    weight = averaged[0].weight.item()
    assert averaged[1].running_mean.item() == pytest.approx(4.0 * weight)
    assert averaged[1].running_var.item() == pytest.approx(2.0 * weight**2)


def test_mean_network_keeps_other_buffers():
    """Buffers that are not trained, such as whole numbers, are those of the last state."""
    network = nn.BatchNorm1d(1)
    states = [{**network.state_dict(), "weight": torch.full((1,), float(k)), "num_batches_tracked": torch.tensor(k)}
              for k in (1, 2)]  # fmt: skip
    mean = mean_network(network, states)
    assert (mean.weight.item(), mean.num_batches_tracked.item()) == (1.5, 2)


def test_tied_weights_are_averaged():
    """A tensor with several names in the state, such as a tied embedding, is averaged under each of them."""
    network = nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 3, bias=False))
    network[1].weight = network[0].weight
    states = [dict.fromkeys(network.state_dict(), torch.full((3, 2), value)) for value in (0.0, 10.0)]
    mean = mean_network(network, states)
    assert mean[0].weight is mean[1].weight
    assert mean[0].weight.unique().tolist() == [5.0]


def test_ensemble_is_the_mean_of_probabilities():
    """The ensemble gives the members' mean probabilities, at each position of a text; of other outputs, the mean."""
    members = [nn.Linear(4, 3), nn.Linear(4, 3)]
    inputs = torch.randn(5, 2, 4, generator=torch.Generator().manual_seed(0))
    states = [member.state_dict() for member in members]
    expected = sum(member(inputs).softmax(dim=-1) for member in members) / 2
    torch.testing.assert_close(Ensemble(members[0], states)(inputs).exp(), expected)
    expected = sum(member(inputs) for member in members) / 2
    torch.testing.assert_close(Ensemble(members[0], states, logits=False)(inputs), expected)


def test_reported_beside_the_last_weights(small_run):
    """A record has each average's validation and test scores and losses, and those of the last weights beside them."""
    spec = small_run(averaging=("ema", "swa", "snapshots"), schedule=CYCLES)
    record, plain = train(spec), train(small_run(schedule=CYCLES))
    assert list(record.averages) == ["last", "ema", "swa", "snapshot_average", "snapshot_ensemble"]
    last = record.averages["last"]
    assert (last["validation_score"], last["test_score"]) == (record.validation_score, record.test_score)
    assert all(set(scores) == set(last) for scores in record.averages.values())
    assert (record.test_score, record.weights) == (plain.test_score, plain.weights)
    assert plain.averages == {}


def test_averaging_helps_at_a_constant_rate(small_run):
    """At a rate that never falls, the mean over the last share is better than the last weights."""
    schedule = la.Warmup(la.Constant(0.2), 5)
    spec = small_run(averaging=("swa",), schedule=schedule, steps=80, train_examples=2000, swa_share=0.3)
    averages = train(spec).averages
    assert averages["swa"]["test_loss"] < averages["last"]["test_loss"]
