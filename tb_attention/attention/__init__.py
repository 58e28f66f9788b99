"""The mathematics of attention, on arrays of numpy or torch: no files, no models."""
