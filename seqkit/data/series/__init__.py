"""Time series: rows in the order of time, windows of them, their scale."""
