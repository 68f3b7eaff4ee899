"""The Create pane: four steps from a photo to a picture, and the pictures in the making."""
