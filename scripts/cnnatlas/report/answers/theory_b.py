"""The answers of the chapter on the theory of B."""

from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.report.theory import power_of_ten, size

ANSWERS = Answers()


@ANSWERS.to("B1a")
def _locality(claims: Claims) -> str:
    near, mixed = (claims.value(f"b1a_neighbours_{name}") for name in ("as_drawn", "permuted"))
    return (
        f"Locality (in a drawn scene neighbours correlate by {near:.2f}, permuted ones by {abs(mixed):.2f}) and "
        "stationarity; they save weights and data, and fail in a table of patients, whose columns have no order"
    )


ANSWERS.says(
    "B1b",
    r"$\partial z[k] / \partial x[i] = y[(i + k) \bmod n]$, $\partial z[k] / \partial y[i] = x[(i - k) \bmod n]$",
)


@ANSWERS.to("B1c")
def _costs(claims: Claims) -> str:
    dense, shared = (
        [claims.value(f"b1c_{layer}_{key}") for key in ("outputs", "parameters", "operations")] for layer in "fg"
    )
    return (
        f"For {dense[0]:,} outputs: dense {dense[1]:,} parameters and {dense[2]:,} operations, convolution "
        f"{shared[1]:,} and {shared[2]:,}"
    )


@ANSWERS.to("X6")
def _checked(claims: Claims) -> str:
    numbers = sum(size(entry["value"]) for entry in claims.theory.values())
    apart = max(entry["difference"] for entry in claims.theory.values())
    return f"{numbers:,} numbers, computed twice, differ by {power_of_ten(apart)} at most"
