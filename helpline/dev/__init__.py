"""What `./run` does on a machine of one's own. The product imports nothing from here.

Only the standard library, since it runs before anything is installed; `prepare` and `probe` are the
exceptions, which it starts inside `.venv`.
"""
