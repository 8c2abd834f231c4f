"""Studies: methods × models × data, stored row by row, resumed, and put into tables.

`spec` says what a study is, `toml` reads it from a file; `store` keeps its rows, `claims` shares them
between processes, `row` does one, `measures` says what is measured; `worker` does row after row, `fleet`
has processes do that, `cluster` machines; `table` and `significance` make numbers with intervals of the
rows, `export` writes them.
"""
