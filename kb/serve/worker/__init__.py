"""The other side of the pool: what runs in a process of its own and imports nothing of ours but its neighbours."""
