"""What the character-level GPT promises."""

import pytest
import torch

from loganneal.models import build_text_model
from loganneal.models.gpt import GPT


@pytest.fixture
def network():
    """A small GPT in evaluation mode."""
    torch.manual_seed(0)
    return GPT(vocabulary=11, length=16, width=12, depth=2, heads=3).eval()


def test_the_future_is_not_seen(network):
    """A changed character changes the logits at its own position and later, never earlier."""
    characters = torch.randint(11, (1, 16), dtype=torch.uint8)
    changed = characters.clone()
    changed[0, 9] = (changed[0, 9] + 1) % 11
    same = (network(characters) == network(changed)).all(dim=2)[0]
    assert same[:9].all()
    assert not same[9:].any()


def test_positions_matter(network):
    """The same character gets different logits in a different place."""
    logits = network(torch.zeros(1, 16, dtype=torch.uint8))
    assert not torch.allclose(logits[0, 0], logits[0, 5])


def test_shorter_texts_are_taken(network):
    """A text shorter than the length gives the logits that its beginning has in a longer one."""
    characters = torch.randint(11, (2, 16), dtype=torch.uint8)
    assert torch.allclose(network(characters)[:, :7], network(characters[:, :7]), atol=1e-6)


def test_first_guess_is_near_even():
    """Fresh weights predict every character alike: the loss is that of 65 equal chances, to a tenth."""
    network = build_text_model("gpt-tiny", 65, 128, seed=0)
    characters = torch.randint(65, (4, 128), dtype=torch.uint8)
    loss = torch.nn.functional.cross_entropy(network(characters).flatten(0, 1), characters.flatten().long())
    assert loss.item() == pytest.approx(torch.log(torch.tensor(65.0)).item(), abs=0.1)


def test_the_seed_decides_the_weights_and_nothing_else():
    """Equal seeds give equal weights, and torch's own random state is left alone."""
    state = torch.get_rng_state()
    first, again, other = (build_text_model("gpt-tiny", 5, 8, seed).head.weight for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_unknown_network_names_the_nearest():
    """A network for images is not a network for text."""
    with pytest.raises(ValueError, match="Did you mean 'gpt-tiny'"):
        build_text_model("gpt-tny", 65, 128, seed=0)
