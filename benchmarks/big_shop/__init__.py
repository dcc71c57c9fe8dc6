"""A shop of 10,000 products and 100,000 orders beside one of a hundredth, read the same way. By itself:

python -m benchmarks.big_shop --products 10000 --orders 100000
"""
