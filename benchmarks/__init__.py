"""`python -m benchmarks`: measures the system on stores of its own and writes `benchmarks/README.md`."""
