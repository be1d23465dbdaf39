"""Run by `confined.py` in the process of a worker: sets its limits, which it can't raise again, and goes on as that worker."""

import resource
import runpy
import sys


def main() -> None:
    memory, seconds, worker = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    sys.argv = sys.argv[3:]
    runpy.run_path(worker, run_name="__main__")


if __name__ == "__main__":
    main()
