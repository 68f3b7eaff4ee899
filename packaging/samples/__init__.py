"""Programs that draw the sample collection, so that every shipped product photo is our own."""
