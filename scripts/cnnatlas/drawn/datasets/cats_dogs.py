"""The drawn Cats vs Dogs: JPEGs of many sizes in a folder per class, with files among them that are no images."""

from cnnatlas.drawn.catalogue import SUBJECTS
from cnnatlas.drawn.photograph import Contents, Difficulty, any_size, generator, photograph, sometimes_grey
from cnnatlas.drawn.writers import jpeg, zipped

STREAM = 3
PER_CLASS = 1000  # numbers of images that belong to one class, for their generators
DIFFICULTY = Difficulty(extent=(0.35, 1.0), usual_setting=0.3, crowd=8, hidden=0.25, noise=10)
pack = zipped


def draw(seed: int, count: int = 400) -> Contents:
    """Draw `count` images of each, some grey; among them undecodable files, as upstream."""
    contents, masks = {"readme[1].txt": b"Drawn images in the layout of Cats vs Dogs.\n"}, {}
    for position, name in enumerate(("Cat", "Dog")):
        images = []
        for k in range(count):
            rng = generator(seed, STREAM, PER_CLASS * position + k)
            picture = photograph(rng, SUBJECTS[name.lower()], any_size(rng, 96, 116), DIFFICULTY)
            images.append(sometimes_grey(rng, picture, 0.03))
        encoded = [jpeg(picture.image) for picture in images]
        broken = dict(zip((count // 6, count // 3, count // 2), _undecodable(encoded[0]), strict=True))
        numbers = [k for k in range(count + len(broken)) if k not in broken]
        files = broken | dict(zip(numbers, encoded, strict=True))
        contents |= {f"PetImages/{name}/{k}.jpg": files[k] for k in sorted(files)}
        contents[f"PetImages/{name}/Thumbs.db"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
        masks |= {f"{name}/{k}": picture.mask for k, picture in zip(numbers, images, strict=True)}
    return contents, masks


def _undecodable(cat: bytes) -> tuple[bytes, ...]:
    return b"", b"<html><body>404 Not Found</body></html>\n", cat[: len(cat) // 2]
