"""Proofs on the core as emitted: what `make formal` runs. See docs/reference/proof.md."""
