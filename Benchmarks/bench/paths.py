"""Where things are, and where what is built goes (all of it ignored by git)."""

from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent
PEERS = BENCHMARKS / "Peers"
LOAD = BENCHMARKS / "Load"
BUILT = BENCHMARKS / ".build" / "bench"  # C programs, Go's cache, logs, inputs
SWIFT_BUILT = BENCHMARKS / ".build" / "release"
VENV = BENCHMARKS / ".venv"
RESULTS = BENCHMARKS / "RESULTS.md"
THRESHOLDS = BENCHMARKS / "thresholds.json"
