"""How fast it is, each figure beside its limit in the same run: `./run bench [--quick] [ROW …]`."""
