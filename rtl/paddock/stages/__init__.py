"""The pipeline, one file per stage: F, D, X, M."""
