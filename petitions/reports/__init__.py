"""The regular reports of Thông tư 06/2025/TT-TTCP: periods, forms, and what counts in which column."""
