"""One module per table, over one base: `Table` reads rows, and makes the writes a transaction is built of."""
