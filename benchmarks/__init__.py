"""Load driver and scale runs; reported figures, never gates."""
