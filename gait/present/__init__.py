"""Rows and sentences that all outputs share."""
