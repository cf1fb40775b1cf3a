"""Firmware: builds the kernel with its modules from their manifests, and runs the demo."""
