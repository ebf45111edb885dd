"""The way to the store: connections, leadership, the bell between processes, migrations."""
