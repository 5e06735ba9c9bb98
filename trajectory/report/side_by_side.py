"""The folder of a comparison: its page, what the page is drawn from, the globe's document, the picture, the summary."""

from trajectory.report import contents, czml, export, options, page, plots

CONTENT = "report.json"  # all that is needed to draw the rest again
SUMMARY = ("schema", "samples", "seed", "version", "kernel", "pairs", "dominated", "left_out", "weighed")
OF_OPTION = ("scenario", "scenario_sha256", "outcome", "available", "grades", "fit", "statements", "metrics", "limits",
             "outcomes", "shares")  # fmt: skip


def fill(folder, content: dict) -> None:
    """Every file of a comparison, into an empty folder, from its content (contents.of)."""
    (folder / CONTENT).write_text(contents.text_of(content), encoding="utf-8")
    (folder / "report.html").write_text(page.compared(content), encoding="utf-8")
    (folder / "options.czml").write_text(czml.text_of(content), encoding="utf-8")
    plots.save(options.footprints(content), folder / "footprints.png")
    held = [{k: o[k] for k in OF_OPTION} for o in content["options"]]
    summary = {k: content[k] for k in SUMMARY} | {"options": held, "scenario": "comparison"}
    (folder / "summary.json").write_text(export.json_text(summary), encoding="utf-8")
