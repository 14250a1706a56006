"""The pages of the private and the public portal: lists, records, files, and what leads to them.

From an address to a page: :mod:`.where` says which model and viewer, :mod:`.asking` which query an address stands for,
:mod:`.rows` gets the records and :mod:`.gathering` what their cells need beside them, :mod:`.columns`, :mod:`.fields`
and :mod:`.details` make cells of values, :mod:`.drawn` HTML of cells. What a model's pages do differently is data in
:mod:`.models`.
"""
