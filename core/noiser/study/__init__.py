"""Studies: methods × models × data, stored row by row, resumed, and put into tables.

`spec` says what a study is, `toml` reads it from a file; `store` keeps its rows, `claims` shares them
between processes, `worker` does them, `measures` says what is measured; `table` and `significance`
make numbers with intervals of the rows, `export` writes them.
"""
