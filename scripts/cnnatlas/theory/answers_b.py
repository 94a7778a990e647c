"""The answers to question 1 of assignment B, each computed twice."""

import numpy as np
import sympy
import torch
from torch import nn
from torch.nn import functional as F

from cnnatlas.theory import costs, jacobians, networks
from cnnatlas.theory.agreement import Answers

EXACT = 1e-12
STEP = 1e-4  # of the finite differences; z is linear in each signal, so that only rounding is left
X, Y = np.array([2.0, -1.0, 3.0, 0.0, 1.0]), np.array([1.0, 4.0, -2.0, 5.0, 3.0])


def assumptions(answers: Answers, image: np.ndarray) -> None:
    """B1a: neighbours resemble each other, unless pixels are permuted (`image` is grey, (H, W)); shifts commute."""
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(image.ravel()).reshape(image.shape)
    for name, pixels in (("as_drawn", image), ("permuted", shuffled)):
        left, right = pixels[:, :-1].ravel(), pixels[:, 1:].ravel()
        covariance = (left * right).mean() - left.mean() * right.mean()
        answers.check(
            f"b1a_neighbours_{name}",
            covariance / (left.std() * right.std()),
            torch.corrcoef(torch.tensor(np.stack([left, right])))[0, 1].numpy(),
            how="covariance over deviations",
            against="torch.corrcoef",
            tolerance=1e-9,
        )
    signal, kernel = torch.tensor(rng.standard_normal((1, 1, 12))), torch.tensor(rng.standard_normal((1, 1, 3)))
    layer = nn.Conv1d(1, 1, 3, padding=1, padding_mode="circular", bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(kernel)
        both = layer(signal.roll(2, -1)), layer(signal).roll(2, -1)
    answers.check("b1a_shift", *both, how="shift, then convolution", against="convolution, then shift", tolerance=EXACT)


def jacobian(answers: Answers) -> None:
    """B1b: the Jacobians of circular cross-correlation by formula, autograd, finite differences and algebra."""
    n = len(X)
    correlation = jacobians.circular_correlation
    x, y = torch.tensor(X), torch.tensor(Y)
    doubled = F.conv1d(torch.cat([y, y[:-1]])[None, None], x[None, None])[0, 0]
    answers.check("b1b_z", correlation(X, Y), doubled, how="definition", against="torch conv1d", tolerance=EXACT)

    def by_torch(x, y):
        return torch.stack([(x * y.roll(-k)).sum() for k in range(n)])

    by_autograd = torch.autograd.functional.jacobian(by_torch, (x, y))
    by_differences = (
        jacobians.central_differences(lambda v: correlation(v, Y), X, STEP),
        jacobians.central_differences(lambda v: correlation(X, v), Y, STEP),
    )
    formula = (Y[jacobians.index_x(n)], X[jacobians.index_y(n)])
    for name, value, auto, differences in zip(("x", "y"), formula, by_autograd, by_differences, strict=True):
        answers.check(f"b1b_dz_d{name}", value, auto, how="formula", against="torch autograd", tolerance=EXACT)
        answers.check(
            f"b1b_dz_d{name}_differences", value, differences, how="formula", against="finite differences",
            tolerance=1e-9,
        )  # fmt: skip
    for name, value, second in zip(("x", "y"), (jacobians.index_x(4), jacobians.index_y(4)), _algebra(4), strict=True):
        answers.check(f"b1b_index_{name}", value, second, how="formula", against="SymPy's derivatives")


def _algebra(n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, n) indices of the entries of the other signal that SymPy finds in the two Jacobians."""
    x, y = sympy.symbols(f"x:{n}"), sympy.symbols(f"y:{n}")
    z = sympy.Matrix(jacobians.circular_correlation(np.array(x), np.array(y)))
    return tuple(
        np.array([[other.index(entry) for entry in row] for row in z.jacobian(by).tolist()])
        for by, other in ((x, y), (y, x))
    )


def layers(answers: Answers) -> None:
    """B1c: sizes, parameters and operations of the dense layer f and the convolutional layer g."""
    cases = {
        "f": (costs.dense(100, 1000), costs.counted_dense(100, 1000), nn.Linear(100, 1000, bias=False), (100,)),
        "g": (
            costs.convolution(1, 10, 3, 100),
            costs.counted_convolution(10, 3, 100),
            nn.Conv2d(1, 10, (1, 3), padding=(0, 1), bias=False),
            (1, 1, 100),
        ),
    }
    for name, (cost, counted, layer, shape) in cases.items():
        outputs, parameters, products = networks.described(layer, shape)
        torch_says = {"how": "formula", "against": "the torch module, described"}
        answers.check(f"b1c_{name}_outputs", cost.outputs, outputs, **torch_says)
        answers.check(f"b1c_{name}_parameters", cost.parameters, parameters, **torch_says)
        answers.check(f"b1c_{name}_multiply_adds", cost.products, products, **torch_says)
        one_by_one = {"how": "formula", "against": "operations counted one by one"}
        answers.check(f"b1c_{name}_products", cost.products, counted.products, **one_by_one)
        answers.check(f"b1c_{name}_additions", cost.additions, counted.additions, **one_by_one)
        answers.check(f"b1c_{name}_operations", cost.operations, counted.operations, **one_by_one)
    matrix = torch.autograd.functional.jacobian(
        lambda x: F.conv1d(x[None, None], torch.ones(10, 1, 3), padding=1).flatten(), torch.ones(100)
    )
    answers.check(
        "b1c_g_connections", 10 * (3 * 100 - 2), int(matrix.count_nonzero()), how="formula",
        against="non-zero entries of the Jacobian",
    )  # fmt: skip


def everything(answers: Answers, image: np.ndarray) -> None:
    """Add every answer of question 1 to `answers`; `image` (H, W) is a grey picture."""
    assumptions(answers, image)
    jacobian(answers)
    layers(answers)
