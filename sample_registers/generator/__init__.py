"""The invented province: places, families, numbers, registers, and the mistakes real registers have.

What belongs here: making registers of any size with the truth beside them. What does not: anything the pipeline uses to
undo the mistakes; check digits and lists of confusable characters are written anew, so that each can be an oracle of the other.
"""
