"""Sets products into a background photo of the user's own: geometry, light, shadow, grain."""
