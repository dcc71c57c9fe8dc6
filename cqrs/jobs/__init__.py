"""Long work that staff can watch and cancel: one row each."""
