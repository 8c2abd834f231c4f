"""Inseq's file of attributions (inseq 0.7.1, `FeatureAttributionOutput.save`): written and read as data."""
