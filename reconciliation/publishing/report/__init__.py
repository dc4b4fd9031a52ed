"""The half-monthly report of a batch: its figures, their changes, sentences, the documents and annexes."""
