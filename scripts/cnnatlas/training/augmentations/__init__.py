"""Augmentations, drawn for each image anew on the device: one file each, loaded by name through `registry`."""
