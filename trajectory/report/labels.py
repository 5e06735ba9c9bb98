"""Names beside points of a map, so that they can be read."""

import numpy as np

from trajectory.report.style import LAND, QUIET


class Labels:
    """Puts names beside points so that they meet neither each other, nor a point, nor the track."""

    def __init__(self, figure, axis, tracks):
        self.figure, self.axis, self.taken = figure, axis, []
        ends = [axis.transData.transform(line) for line in tracks]
        self.track = np.vstack([_dense(line) for line in ends if len(line)]) if ends else np.zeros((0, 2))

    def keep_off(self, x, y, radius: float) -> None:
        """Leave a circle free of names; x, y and radius in the units of the axes."""
        corners = self.axis.transData.transform([(x - radius, y), (x + radius, y)])
        self.taken.append(_square(corners.mean(axis=0), np.ptp(corners[:, 0]) / 2))

    def add(self, x, y, text: str, **looks) -> None:
        from matplotlib.patheffects import withStroke

        point = self.axis.transData.transform((x, y))
        frame = self.axis.bbox
        if not frame.contains(*point):
            return
        scale = self.figure.dpi / 72
        best = None
        for rank, (dx, dy) in enumerate(_around_point(scale)):
            mark = self.axis.text(
                0,
                0,
                text,
                ha="left" if dx > 0 else "right" if dx < 0 else "center",
                va="bottom" if dy > 0 else "top" if dy < 0 else "center",
                zorder=9,
                **looks,
            )
            mark.set_position(self.axis.transData.inverted().transform(point + (dx, dy)))
            box = mark.get_window_extent(self.figure.canvas.get_renderer())
            cost = rank + self._cost(box, frame)
            if best is None or cost < best[0]:
                if best is not None:
                    best[1].remove()
                best = (cost, mark, box, (dx, dy))
            else:
                mark.remove()
        _, mark, box, offset = best
        mark.set_path_effects([withStroke(linewidth=2.2, foreground=LAND)])
        self.taken += [box, _square(point, 4 * scale)]
        if np.hypot(*offset) > 12 * scale:
            near = np.clip(point, (box.x0, box.y0), (box.x1, box.y1))
            ends = self.axis.transData.inverted().transform([point, near])
            self.axis.plot(*ends.T, color=QUIET, linewidth=0.5, zorder=5)

    def _cost(self, box, frame) -> float:
        edge = 5.0
        outside = (
            box.x0 < frame.x0 + edge
            or box.x1 > frame.x1 - edge
            or box.y0 < frame.y0 + edge
            or box.y1 > frame.y1 - edge
        )
        met = sum(box.overlaps(other) for other in self.taken)
        x, y = self.track.T
        crossed = np.count_nonzero((x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1))
        return 1000.0 * outside + 200.0 * met + 5.0 * crossed


def _around_point(scale: float):
    """Offsets to try, best first, in pixels."""
    for reach in (6, 14, 24, 36, 50):
        for dx, dy in (
            (1, 0),
            (-1, 0),
            (0.75, -0.75),
            (-0.75, 0.75),
            (0.75, 0.75),
            (-0.75, -0.75),
            (0, 1),
            (0, -1),
        ):
            yield reach * dx * scale, reach * dy * scale


def _square(point, half: float):
    from matplotlib.transforms import Bbox

    return Bbox([point - half, point + half])


def _dense(line: np.ndarray) -> np.ndarray:
    """Points of a line in pixels, none farther apart than some 3."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(0.0, along[-1] + 3.0, 3.0)
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])
