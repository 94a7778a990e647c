"""What the tests of all methods share."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small run faster on one thread, and on a busy machine many times so."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
