"""The parts of run.py. Standard library only; Linux only."""
