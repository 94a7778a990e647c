"""LeNet-5 in the form that assignment E (assignment 2, 2024) specifies for Caltech-101 at 64 x 64 pixels."""

from torch import Tensor, nn

from cnnatlas.architectures.layers import initialise, output_side


class LeNet5(nn.Module):
    """Two convolutions with pooling by four and three dense layers, after LeCun et al. (1998); assignment E, item 1(a).

    Convolutions 5x5 without padding, 32 and 64 filters; dense layers of 1021 (as the assignment writes) and 84
    neurons. What item 1(b) may add: `batch_norm` after each convolution, `dropout` before each dense layer, and
    another `initialisation` (default: torch's; he; xavier).
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        batch_norm: bool = False,
        dropout: float = 0.0,
        initialisation: str = "default",
    ):
        super().__init__()
        side = output_side(size, (5, 1, 0), (4, 4, 0), (5, 1, 0), (4, 4, 0))
        self.conv1 = nn.Conv2d(3, 32, 5)
        self.norm1 = nn.BatchNorm2d(32) if batch_norm else nn.Identity()
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(4)
        self.conv2 = nn.Conv2d(32, 64, 5)
        self.norm2 = nn.BatchNorm2d(64) if batch_norm else nn.Identity()
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(4)
        self.flatten = nn.Flatten()
        self.dropout1 = nn.Dropout(dropout)
        self.fc1 = nn.Linear(64 * side**2, 1021)
        self.relu3 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout)
        self.fc2 = nn.Linear(1021, 84)
        self.relu4 = nn.ReLU()
        self.dropout3 = nn.Dropout(dropout)
        self.fc3 = nn.Linear(84, classes)
        initialise(self, initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        x = self.pool1(self.relu1(self.norm1(self.conv1(x))))
        x = self.pool2(self.relu2(self.norm2(self.conv2(x))))
        x = self.dropout1(self.flatten(x))
        x = self.dropout2(self.relu3(self.fc1(x)))
        x = self.dropout3(self.relu4(self.fc2(x)))
        return self.fc3(x)


NETWORKS = {"lenet5": LeNet5}
