"""Reads the camera out of one flat rectangle, and projects what stands on that plane or above it.

Four corners of a rectangle give the plane's homography; that its sides are at right angles gives
the focal length and the rectangle's true proportions (Zhang and He, Whiteboard scanning and image
enhancement, 2007; Hartley and Zisserman, Multiple view geometry, 2004, chapter 8). Where the view
is too frontal for that, the lens is taken as a usual one.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.domain.scene import Plane

USUAL_FOCAL = 1.15  # of the photo's long side: about 40 mm on a full frame
FOCALS = (0.55, 3.5)  # of the long side; what is found outside of these is not believed
DEPTHS = (0.25, 4.0)  # of a rectangle: how much deeper than wide it may be
Matrix = NDArray[Any]


@dataclass(frozen=True)
class Camera:
    """A plane as one photo shows it, all in that photo's pixels.

    Points on the plane have X from 0 to 1 along the near edge, left to right, Y from 0 (near) to
    `depth` (far), and Z, the height above the plane, in the same unit.
    """

    projection: Matrix  # 3 x 4
    depth: float
    facing: float  # 1 where the plane is seen from straight before it, 0 from its edge
    rise: float  # how far up the plane's upper side points: 1 for a level floor, 0 for a wall

    @property
    def homography(self) -> Matrix:
        """The 3 x 3 matrix from (X, Y, 1) on the plane to the photo."""
        return self.projection[:, [0, 1, 3]]

    def point(self, x: float, y: float, z: float = 0.0) -> NDArray[Any]:
        """Return where a point is seen."""
        seen = self.projection @ np.array([x, y, z, 1.0])
        return np.asarray(seen[:2] / seen[2], np.float64)

    def scale(self, x: float, y: float) -> float:
        """Return how many pixels one unit across is at a point of the plane."""
        step = 1e-3
        apart = self.point(x + step, y) - self.point(x - step, y)
        return float(np.hypot(*apart)) / (2 * step)

    def moved(self, scale: float, shift: tuple[float, float]) -> "Camera":
        """Return the camera of the photo enlarged by `scale` and then moved by `shift`."""
        change = np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1.0]])
        return replace(self, projection=change @ self.projection)


def camera_of(plane: Plane, size: tuple[int, int]) -> Camera:
    """Return the camera that sees `plane` so in a photo of `size` (width, height)."""
    width, height = size
    far_left, far_right, near_right, near_left = ((x * width, y * height) for x, y in plane.corners)
    seen = np.array([near_left, near_right, far_right, far_left], np.float32)
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, seen).astype(np.float64)
    focal = _focal(matrix, size)
    lens = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    across, along, place = (np.linalg.inv(lens) @ matrix).T
    unit = float(np.linalg.norm(across))
    across, along, place = across / unit, along / unit, place / unit
    if float(place[2]) < 0:  # the plane lies before the camera
        across, along, place = -across, -along, -place
    depth = float(np.clip(np.linalg.norm(along), *DEPTHS))
    along = along / float(np.linalg.norm(along))
    up = np.cross(across, along)
    up = up / float(np.linalg.norm(up))
    middle = place + 0.5 * across + 0.5 * depth * along
    if float(up @ middle) > 0:  # up is the side on which the camera is
        up = -up
    # The depth was limited: the columns are fitted to the corners again, so the grid is exact.
    ground = cv2.getPerspectiveTransform(flat * np.array([1, depth], np.float32), seen)
    ground = ground.astype(np.float64) / float(ground[2, 2])
    raised = lens @ up * (float(ground[2, 2]) / float(place[2]))
    facing = abs(float(up @ middle)) / float(np.linalg.norm(middle))
    projection = np.column_stack([ground[:, 0], ground[:, 1], raised, ground[:, 2]])
    return Camera(projection, depth, facing, -float(up[1]))


def _focal(matrix: Matrix, size: tuple[int, int]) -> float:
    """Return the focal length in pixels for which the rectangle's sides are at right angles."""
    width, height = size
    long = max(size)
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    h = centre @ matrix
    below = float(h[2, 0] * h[2, 1])
    if abs(below) > 1e-12:
        square = -float(h[0, 0] * h[0, 1] + h[1, 0] * h[1, 1]) / below
        if square > 0 and FOCALS[0] * long <= square**0.5 <= FOCALS[1] * long:
            return float(square**0.5)
    return USUAL_FOCAL * long
