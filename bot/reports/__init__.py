"""The documents of the reports: official tables (.xlsx), narrative (.docx), CSV, registers, national export."""
