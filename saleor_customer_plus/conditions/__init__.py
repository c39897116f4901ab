"""The language of segments: one tree of conditions over records, written as text or as JSON.

    tree = parse("order_count >= 2 AND last_order < -90d")     # or `json_tree.load(...)`
    compiled = compile_tree(tree, Context(now=timezone.now()))  # raises what is wrong, each error at its place
    CustomerRecord.objects.filter(compiled.condition)

`parsing` and `printing` are the text, `json_tree` is the JSON. `catalogue` lists the fields; `registry` explains how to
add one. `checking` finds what is wrong with a tree, `compiling` makes one condition on the table of records of it, and
`explaining` shows for one record which clause holds.
"""
