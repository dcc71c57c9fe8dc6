"""`python -m chaos`: breaks the running system, on stores of its own, and checks from outside what must hold."""
