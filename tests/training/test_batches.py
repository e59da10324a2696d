"""What the order of training examples promises."""

import pytest
import torch

from loganneal.training.batches import Batches


def test_each_epoch_sees_each_example_once():
    """Without a remainder, every example occurs once in an epoch, and the next epoch has another order."""
    batches = Batches(train_size=12, batch_size=4, seed=0)
    first, second = (torch.cat([next(batches) for _ in range(3)]).tolist() for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second


@pytest.mark.parametrize("seed", range(20))
def test_incomplete_last_batch_is_left_out(seed):
    """What does not fill a batch is not carried over: the two batches of an epoch of 2.5 share no example."""
    batches = Batches(train_size=10, batch_size=4, seed=seed)
    for _ in range(4):
        epoch = torch.cat([next(batches), next(batches)])
        assert len(epoch) == len({*epoch.tolist()}) == 8


def test_every_example_comes_in_the_long_run():
    """Examples that are left out of one epoch are in others."""
    batches = Batches(train_size=10, batch_size=4, seed=0)
    assert {*torch.cat([next(batches) for _ in range(20)]).tolist()} == set(range(10))


def test_draws_in_between_are_part_of_the_order():
    """Augmentation draws from the same generator: the next epoch's order depends on them, as a repeated run's does."""
    quiet, busy = (Batches(train_size=8, batch_size=8, seed=0) for _ in range(2))
    assert torch.equal(next(quiet), next(busy))
    torch.rand(3, generator=busy.generator)
    assert not torch.equal(next(quiet), next(busy))


@pytest.mark.parametrize("position", range(7))
def test_continues_from_any_position(position):
    """A saved state, taken in the middle of an epoch or at its end, continues with the same batches and draws."""
    batches = Batches(train_size=10, batch_size=3, seed=1)
    for _ in range(position):
        next(batches)
    later = Batches(train_size=10, batch_size=3, seed=99)
    later.load_state_dict(batches.state_dict())
    for _ in range(8):
        assert torch.equal(next(batches), next(later))
        assert torch.equal(torch.rand(2, generator=batches.generator), torch.rand(2, generator=later.generator))


def test_batch_larger_than_the_set_is_refused():
    """A batch that could never be filled is refused instead of being waited for."""
    with pytest.raises(ValueError, match="'batch_size' parameter of Batches"):
        Batches(train_size=3, batch_size=4, seed=0)
