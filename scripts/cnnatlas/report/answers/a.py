"""The answers of chapter A."""

from cnnatlas.report.answers.interpretations import beside_permuted, contrasted, plainly, two
from cnnatlas.report.answers.registry import Answers, lined
from cnnatlas.report.claims import Claims
from cnnatlas.wording import capitalised

DENSE, POOLED = "dense_head_cifar10", "global_pooling_cifar10"
ANSWERS = Answers()


@ANSWERS.to("A2a")
def _dense(claims: Claims) -> str:
    return _final(claims, DENSE, "a2a_final")


@ANSWERS.to("A2b")
def _pooled(claims: Claims) -> str:
    return _final(claims, POOLED, "a2b_final")


def _final(claims: Claims, study: str, variant: str) -> str:
    """A final network, and what each factor alone changes in the one without both; beside the best of the others."""
    best, effects = "best(others)", ("first_without", "second_without")
    neither = claims.study(study)["factorial"]["cells"]["neither"]["variant"]
    plain = claims.title(study, neither)
    return lined(
        f"{claims.title(study, variant)} {claims.score(study, variant, 'validation', 'test')}. "
        f"{capitalised(claims.effects(study, *effects))}",
        f"{plain}, without either, was {claims.budget(study, neither)}",
        *claims.cells(study, *effects),
        f"against the best of the others by validation, {claims.title(study, best)} ({claims.mean(study, best, 'test')}"
        f"{claims.tied(study, best)}): {claims.gained(study, best, variant)} on test",
        claims.budgets(study, variant, best),
    )


@ANSWERS.to("A3a")
def _maps_of_both(claims: Claims) -> str:
    return _of_both(claims, "feature_maps", "Conclusion on")


def _of_both(claims: Claims, method: str, *words: str) -> str:
    return two({title: claims.shown(network, method, *words) for network, title in _titled(claims).items()})


def _titled(claims: Claims) -> dict[str, str]:
    """What both final networks are called, with their marks."""
    named = {"a2a_final": "Dense head", "a2b_final": "Pooled"}
    return {network: f"{words}{claims.flagged(network)}" for network, words in named.items()}


@ANSWERS.to("A3b")
def _gabor(claims: Claims) -> str:
    return _of_both(claims, "filters", "Gabor")


@ANSWERS.to("A4")
def _maps(claims: Claims) -> str:
    words = ("mass lies on the object", "central quarter")
    methods, titles = {"a2a_final": "grad_cam", "a2b_final": "cam"}, _titled(claims)
    return two({titles[network]: contrasted(claims, network, method, *words) for network, method in methods.items()})


@ANSWERS.to("A5")
def _guided(claims: Claims) -> str:
    return two({title: _edges_and_object(claims, network) for network, title in _titled(claims).items()})


def _edges_and_object(claims: Claims, network: str) -> str:
    """What guided backpropagation follows: edges, and the object or the background."""
    method, central = "guided_backpropagation", "central quarter"
    edges = beside_permuted(claims.shown(network, method, "edges of their", central))
    mass = contrasted(claims, network, method, "mass lies on the", central)
    return edges if edges.startswith("void") or mass == edges else f"{edges}; {plainly(mass)}"
