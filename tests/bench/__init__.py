"""How fast it is: a burst, an ordinary hour, turns without the wire. `python -m tests.bench` writes docs/bench.md."""
