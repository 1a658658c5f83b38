"""Zalo Official Account (OpenAPI v3): the channel `zalo_oa`."""
