"""Time of MyTorch's convolution, forward plus backward, against torch's, in one run on one thread each.

    python benchmarks/mytorch.py

Float32, 32 images of 32 x 32, kernel 3, padding 1; both sides in turns in one process, the fastest round of each
counts. Target: at most 1.5 times torch's time. Takes a few seconds.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from cnnatlas.mytorch import speed


def main() -> None:
    """Compare all cases."""
    for row in speed.compare():
        reached = "reached" if row["ratio"] <= row["target"] else "MISSED"
        print(f"convolution {row['in']} -> {row['out']} channels, forward plus backward of {row['images']} images")
        print(f"  ours {row['ours']:.1f} ms, torch {row['torch']:.1f} ms")
        print(f"  ratio {row['ratio']:.2f}, target at most {row['target']}: {reached}", flush=True)


if __name__ == "__main__":
    main()
