"""The report of a study as a separate page, drawn here: no markup from elsewhere is passed on."""

import tempfile
import threading
from collections import OrderedDict

from flask import Response, request

from loganneal.reports.page import fingerprint
from loganneal.reports.report import write_report
from loganneal.studies.result import StudyResult
from loganneal.studio.study_snapshot import WRONG
from loganneal.studio.study_watch import Studies

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""Policy of a page with only text, styles and pictures of its own: no scripts, and nothing from elsewhere."""

KEPT = 8
"""Number of reports that are kept, since drawing one takes seconds."""


class Reports:
    """The reports of studies, by the name in the address.

    Args:
        studies: The studies that may be shown.
    """

    def __init__(self, studies: Studies) -> None:
        self._studies = studies
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()  # figures are drawn one at a time: their style is global to the process

    def answer(self) -> Response:
        """The report of the study that the request names."""
        found = self._studies.look(request.args.get("study", ""))
        if found is None or found[1].result is None:
            return Response("There is no report for such a study.\n", 404, mimetype="text/plain")
        try:
            text = self._drawn(found[1].result)
        except WRONG as error:
            return Response(f"The report cannot be drawn. {error}\n", 500, mimetype="text/plain")
        return Response(text, mimetype="text/html", headers={"Content-Security-Policy": POLICY})

    def _drawn(self, result: StudyResult) -> str:
        name = fingerprint(result)
        with self._lock:
            if name not in self._pages:
                with tempfile.TemporaryDirectory(prefix="loganneal-studio-") as folder:
                    page = write_report(result, folder, self._studies.store)
                    self._pages[name] = page.read_text(encoding="utf-8")
            self._pages.move_to_end(name)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            return self._pages[name]
