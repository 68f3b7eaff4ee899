"""Where the viewer looks: zoom and centre, shared by pictures of different sizes side by side."""

from dataclasses import dataclass

LARGEST_SCALE = 16.0
Point = tuple[float, float]
Extent = tuple[float, float]


@dataclass(slots=True)
class Camera:
    """`zoom` is relative to fitting the view (1 fits); the centre is a share of the picture.

    Shares and relative zoom mean the same for every picture, so one camera can look at four of
    them in step. Extents are (width, height): of a picture in pixels, of a view in
    device-independent pixels.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @staticmethod
    def fit(picture: Extent, view: Extent) -> float:
        """Return the scale at which `picture` fits `view`; a small one is not enlarged."""
        width, height = max(1.0, picture[0]), max(1.0, picture[1])
        return min(1.0, max(1.0, view[0]) / width, max(1.0, view[1]) / height)

    def scale(self, picture: Extent, view: Extent) -> float:
        """Return device-independent pixels per picture pixel."""
        return self.fit(picture, view) * self.zoom

    def origin(self, picture: Extent, view: Extent) -> Point:
        """Return where the picture's top left corner is in the view."""
        scale = self.scale(picture, view)
        return (
            view[0] / 2 - self.x * picture[0] * scale,
            view[1] / 2 - self.y * picture[1] * scale,
        )

    def share_at(self, point: Point, picture: Extent, view: Extent) -> Point:
        """Return which share of the picture is under `point` of the view."""
        scale = self.scale(picture, view)
        left, top = self.origin(picture, view)
        return ((point[0] - left) / (picture[0] * scale), (point[1] - top) / (picture[1] * scale))

    def zoom_at(self, point: Point, factor: float, picture: Extent, view: Extent) -> None:
        """Zoom by `factor`; what is under `point` stays under it as far as the edges allow."""
        share = self.share_at(point, picture, view)
        largest = max(1.0, LARGEST_SCALE / self.fit(picture, view))
        self.zoom = min(largest, max(1.0, self.zoom * factor))
        scale = self.scale(picture, view)
        self.x = share[0] + (view[0] / 2 - point[0]) / (picture[0] * scale)
        self.y = share[1] + (view[1] / 2 - point[1]) / (picture[1] * scale)
        self.settle(picture, view)

    def pan(self, dx: float, dy: float, picture: Extent, view: Extent) -> None:
        """Move the picture by a distance in the view."""
        scale = self.scale(picture, view)
        self.x -= dx / (picture[0] * scale)
        self.y -= dy / (picture[1] * scale)
        self.settle(picture, view)

    def set_scale(self, scale: float, point: Point, picture: Extent, view: Extent) -> None:
        """Zoom to `scale`, as 1:1, around `point`."""
        self.zoom_at(point, scale / self.scale(picture, view), picture, view)

    def reset(self) -> None:
        """Fit the view again."""
        self.zoom, self.x, self.y = 1.0, 0.5, 0.5

    def settle(self, picture: Extent, view: Extent) -> None:
        """Keep the picture in the view: no gap at an edge that could be filled."""
        scale = self.scale(picture, view)
        self.x = _kept(self.x, view[0] / (2 * picture[0] * scale))
        self.y = _kept(self.y, view[1] / (2 * picture[1] * scale))


def _kept(centre: float, half: float) -> float:
    return 0.5 if half >= 0.5 else min(1.0 - half, max(half, centre))
