"""What leaves the machine: workbooks, pages, receipts, the manifest, and the one step that publishes them together.

What belongs here: how results are written for people and for later runs, masked where they must be, and made public
all at once or not at all. What does not: any judgement about a person; that was made in `policy` and is only shown.
"""
