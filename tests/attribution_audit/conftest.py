import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small take longer on several threads, and much longer where others compute."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
