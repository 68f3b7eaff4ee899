"""Tells a product from a busy ground by models of their colours."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import Image, Mask


def segmented(small: Image, seeds: Mask) -> Mask:
    """Segment by colour models and a graph cut (GrabCut, Rother et al. 2004), at 384 pixels."""
    height, width = small.shape[:2]
    scale = min(1.0, 384 / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    picture = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    labels = cv2.resize(seeds, size, interpolation=cv2.INTER_NEAREST)
    kinds = set(np.unique(labels).tolist())
    if not (kinds & {cv2.GC_FGD, cv2.GC_PR_FGD}) or not (kinds & {cv2.GC_BGD, cv2.GC_PR_BGD}):
        return ((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)).astype(np.uint8)
    cv2.setRNGSeed(1)
    ground_model, product_model = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, *size)  # not looked at when a mask is given
    cv2.grabCut(picture, labels, whole, ground_model, product_model, 4, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.float32)
    return (cv2.resize(found, (width, height)) > 0.5).astype(np.uint8)


def centre_box(shape: tuple[int, ...]) -> Mask:
    """Seed GrabCut where no network helps: the frame is ground, the middle probably product."""
    height, width = shape[:2]
    seeds = np.full((height, width), cv2.GC_PR_FGD, np.uint8)
    band_y, band_x = int(0.05 * height), int(0.05 * width)
    seeds[:band_y], seeds[-band_y:] = cv2.GC_BGD, cv2.GC_BGD
    seeds[:, :band_x], seeds[:, -band_x:] = cv2.GC_BGD, cv2.GC_BGD
    return seeds
