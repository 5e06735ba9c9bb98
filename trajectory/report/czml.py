"""Options for a globe: a CZML document (Cesium language 1.0) with tracks against time, landings' ellipses and zones."""

import json

from trajectory import frames


def colour(text: str, alpha: int = 255) -> dict:
    return {"rgba": [*(int(text[i : i + 2], 16) for i in (1, 3, 5)), alpha]}


def filled(text: str, alpha: int = 255) -> dict:
    return {"solidColor": {"color": colour(text, alpha)}}


def when(epoch: str, seconds: float) -> str:
    return str(frames.utc(epoch, seconds))


def ring(points, text: str) -> dict:
    """A polygon on the ground, of longitudes and latitudes in degrees."""
    flat = [x for lon, lat in points for x in (lon, lat, 0.0)]
    return {"positions": {"cartographicDegrees": flat}, "material": filled(text, 60), "outline": True,
            "outlineColor": colour(text), "height": 0.0}  # fmt: skip


def document(content: dict) -> list[dict]:
    """The packets, the document first, of the content of a comparison (contents.of)."""
    packets, spans = [], []
    for i, o in enumerate(content["options"]):
        t, name = o["track"]["t"], f"{i + 1}. {o['title']}"
        span = f"{when(o['epoch'], t[0])}/{when(o['epoch'], t[-1])}"
        spans.append((when(o["epoch"], t[0]), when(o["epoch"], t[-1])))
        places = [x for row in zip(t, o["track"]["lon"], o["track"]["lat"], o["track"]["altitude"], strict=True)
                  for x in (*row[:3], round(row[3] * 1e3, 1))]  # fmt: skip
        packets.append({
            "id": f"option-{i + 1}", "name": name, "description": o["summary"], "availability": span,
            "position": {"epoch": when(o["epoch"], 0.0), "cartographicDegrees": places,
                         "interpolationAlgorithm": "LAGRANGE", "interpolationDegree": 1},
            "point": {"pixelSize": 9, "color": colour(o["colour"]), "outlineColor": colour("#ffffff"), "outlineWidth": 1},
            "label": {"text": name, "font": "12px sans-serif", "fillColor": colour(o["colour"]),
                      "pixelOffset": {"cartesian2": [0, -16]}},
            "path": {"material": filled(o["colour"]), "width": 2, "leadTime": 1e5, "trailTime": 1e5, "resolution": 10},
        })  # fmt: skip
        if o["ellipse"]:
            packets.append({"id": f"option-{i + 1}-ellipse", "name": f"{name}: 99.7 % ellipse",
                            "polygon": ring(o["ellipse"], o["colour"])})  # fmt: skip
        if o["zone"]:
            packets.append({"id": f"option-{i + 1}-zone", "name": f"{name}: landing zone",
                            "polygon": ring(o["zone"]["ring"], "#22303c")})  # fmt: skip
    first, last = min(spans), max(spans, key=lambda s: s[1])
    head = {"id": "document", "name": "Ways home", "version": "1.0",
            "clock": {"interval": f"{first[0]}/{last[1]}", "currentTime": first[0], "multiplier": 30,
                      "range": "LOOP_STOP", "step": "SYSTEM_CLOCK_MULTIPLIER"}}  # fmt: skip
    return [head, *packets]


def text_of(content: dict) -> str:
    return json.dumps(document(content), allow_nan=False, separators=(",", ":"), ensure_ascii=False) + "\n"
