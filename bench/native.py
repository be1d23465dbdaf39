"""Compiles the small C files that a measurement needs, when there is a compiler."""

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def compiled(name: str, into: Path, *options: str) -> Path | None:
    """The built `name`.c, or None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    built = into / name
    subprocess.run([compiler, "-O3", "-march=native", "-o", built, HERE / f"{name}.c", *options], check=True)
    return built


def solver(into: Path) -> Path | None:
    return compiled("solve", into)


def slow_disk(into: Path) -> Path | None:
    """A library for LD_PRELOAD."""
    return compiled("slow_fsync", into, "-shared", "-fPIC", "-ldl")


def faults(into: Path) -> Path | None:
    """A library for LD_PRELOAD."""
    return compiled("faults", into, "-shared", "-fPIC", "-ldl")
