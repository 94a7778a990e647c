"""What is declared of each interpretation method: one row a method, and nowhere else.

Planning reads this module and jobs do not: each job is given its own part of a row as parameters, so that a title that
is reworded here reruns what prints it and no computation. No torch, no NumPy.
"""

from dataclasses import dataclass

EVIDENCE = ("against the class", "for the class", "logits")
SLOPE = ("brighter lowers the logit", "brighter raises the logit", "logits per unit of intensity")
HIDING = ("hiding it raises the score", "hiding it lowers the score", "units of the softmax score")
SIGNS = ("either", "positive")
DISPLAYS = ("map", "overlay", "colours")


@dataclass(frozen=True)
class Method:
    """What planning knows of the method that methods/<name>.py computes.

    `kind` names the modules of sentences/ and figures/ that read its arrays, `title` is its name in captions, tables
    and sentences. `second`: its images are shown to a second network too; `natural`: what its images reach is compared
    with all validation images; `masks`: its sentences use the objects' pixels, where they are known. The rest is about
    attribution: `legend` tells what the low and the high end of the colour scale mean, and the unit; `sign`, whether
    values of "either" sign are relevance or only "positive" ones are evidence for the class; `display`, whether a map
    is drawn alone ("map"), over the grey image ("overlay") or with the image's three channels ("colours"); `rectified`,
    that its values, and so its scale, start at zero.
    """

    kind: str
    title: str
    legend: tuple[str, str, str] | None = None
    sign: str | None = None
    display: str = "map"
    rectified: bool = False
    second: bool = False
    natural: bool = False
    masks: bool = False


METHODS = {
    "gradient": Method("attribution", "gradient", SLOPE, sign="either", masks=True),
    "smooth_grad": Method("attribution", "SmoothGrad", SLOPE, sign="either", masks=True),
    "integrated_gradients": Method("attribution", "integrated gradients", EVIDENCE, sign="either", masks=True),
    "guided_backpropagation": Method(
        "attribution", "guided backpropagation", SLOPE, sign="either", display="colours", masks=True
    ),
    "cam": Method("attribution", "CAM", EVIDENCE, sign="positive", display="overlay", masks=True),
    "grad_cam": Method(
        "attribution", "Grad-CAM", ("zero", *EVIDENCE[1:]), "positive", display="overlay", rectified=True, masks=True
    ),
    "occlusion": Method("attribution", "occlusion", HIDING, sign="positive", display="overlay", masks=True),
    "feature_maps": Method("feature_maps", "feature maps"),
    "filters": Method("filters", "filters"),
    "activation_maximisation": Method("activation_maximisation", "feature visualisation", natural=True),
    "fooling": Method("fooling", "fooling images", second=True),
    "response": Method("response", "class responses over larger images", masks=True),
}
