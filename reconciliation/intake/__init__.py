"""Files become raw records with lineage; every file gets a receipt, every refused row a reason."""
