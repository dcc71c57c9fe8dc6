"""The shop: products, their stock, orders that cannot oversell it."""
