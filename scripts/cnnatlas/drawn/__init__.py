"""The data of the embedded run, drawn object by object into archives of the upstream formats."""
