"""The parts that every pane is built of."""
