"""A network that defines its layers in another order than it runs them in."""

import torch
from torch import nn


class Ordered(nn.Module):
    """Convolutions that run in another order than they are defined in, then a dense layer."""

    def __init__(self):
        super().__init__()
        self.second, self.first = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.second(torch.relu(self.norm(self.first(x)))).mean((2, 3)))
