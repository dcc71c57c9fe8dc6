"""How often one address may send responses to one form: counted for all processes together, in the public schema, and
so that no address is kept anywhere."""
