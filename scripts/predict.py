"""Ask a trained network about one photograph: the likeliest classes, and a map of what it looks at.

make predict IMAGE=cat.jpg
make predict IMAGE=cat.jpg VARIANT=a2b_final RUN=results/cpu SEED=0 METHOD=cam
"""

import sys
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, replacing
from cnnatlas.prediction import trainings
from cnnatlas.wording import interval

LIKELIEST = 5


def predict(image: str, run: str, variant: str, seed: str, method: str | None) -> str:
    """What `make predict` prints."""
    training = trainings.find(Path(run), variant, seed)
    from cnnatlas.prediction.network import load  # imports torch, which takes seconds: once there is a network
    from cnnatlas.prediction.photographs import read

    picture = read(image)
    network = load(training.weights)
    likeliest = network.predict(picture)[0][:LIKELIEST]
    width = max(len(name) for name, _ in likeliest)
    lines = [f"{image}, by {variant} of {run} (seed {seed}):"]
    lines += [f"  {name:<{width}}  {score:.3f}" for name, score in likeliest]
    lines += _measured(training.place("evaluation", "metrics.json"))
    if method:
        values = network.attribution(method, picture)[0]
        from cnnatlas.prediction.overlay import overlay  # imports matplotlib

        drawn = overlay(picture, values, crop=not network.preprocessing["squashed"])
        target = training.run / "predict" / training.name / f"{Path(image).stem}.{method}.png"
        with replacing(target) as temporary:
            drawn.save(temporary)
        lines.append(f"{method} of {likeliest[0][0]}: {target}")
    return "\n".join(lines)


def _measured(metrics: Path) -> list[str]:
    """How good the network is, and what is wrong with it: a softmax score alone would not tell."""
    if not metrics.is_file():
        return []
    found = read_json(metrics)
    split = "test" if found.get("test", {}).get("n") else "validation"
    accuracy = interval(found[split]["accuracy"], *found[split]["wilson"])
    return [f"Its accuracy on {split} is {accuracy} %.", *(flag["sentence"] for flag in found["flags"])]


def main() -> None:
    """Print the prediction, or one line of what is wrong."""
    try:
        image, run, variant, seed, *method = sys.argv[1:]
        print(predict(image, run, variant, seed, method[0] if method else None))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
