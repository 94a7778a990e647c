"""The loss of a classifier."""

import numpy as np

from cnnatlas.mytorch import checks


class CrossEntropy:
    """Mean over images of -log softmax(scores)[label], in nats, as torch's cross_entropy."""

    saved: tuple | None = None

    def forward(self, scores: np.ndarray, labels: np.ndarray) -> float:
        """The loss of scores (N, C), any real numbers, for labels (N,), integers below C; raises ValueError."""
        checks.floats("CrossEntropy: scores", scores, 2, "images, classes")
        labels = np.asarray(labels)
        if labels.shape != scores.shape[:1]:
            checks.refuse("CrossEntropy: labels shape", scores.shape[:1], labels.shape)
        if not np.issubdtype(labels.dtype, np.integer) or not ((labels >= 0) & (labels < scores.shape[1])).all():
            given = f"{labels.dtype} from {labels.min()} to {labels.max()}"
            checks.refuse("CrossEntropy: labels", f"integers from 0 to {scores.shape[1] - 1}", given)
        shifted = scores - scores.max(axis=1, keepdims=True)  # the largest exponent is 0: nothing overflows
        logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.saved = (logarithms, labels)
        return float(-logarithms[np.arange(len(labels)), labels].mean())

    def backward(self) -> np.ndarray:
        """Gradient (N, C) of the loss with respect to the scores: (softmax - one-hot) / N."""
        if self.saved is None:
            checks.refuse("CrossEntropy.backward", "a forward pass before it", "none")
        logarithms, labels = self.saved
        gradient = np.exp(logarithms)
        gradient[np.arange(len(labels)), labels] -= 1
        return gradient / len(labels)
