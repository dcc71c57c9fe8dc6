"""Long work that staff can watch and cancel: a row each, in the public schema."""
