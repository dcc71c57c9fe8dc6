"""The isolation matrix: every endpoint, task and command there is, against everything another tenant could try.

`endpoints` walks both URLconfs, `rows` says what a valid request of each is, `place` makes two tenants: a victim with a
canary in each of its columns, and one whose people try. A new endpoint without a row fails `test_rows`.
"""
