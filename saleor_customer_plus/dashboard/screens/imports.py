"""The import: a file or a text, what was recognised, how it should be read, the preview, and the start.

The job itself is shown by `jobs`.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest, address
from . import jobs
from .import_correction import language, typed_again
from .import_options import options_of

# A longer text is sent as a file: the body of a GraphQL request is limited.
MAX_TEXT = 200_000

START_PAGE = """
query CustomerPlusImport {
  customerImportProfiles { id name }
  customerImportFormats { key name }
  customerSettings { imports { columns { header } } }
}
"""

CREATE = """
mutation CustomerPlusImportCreate($file: Upload, $text: String, $input: CustomerImportInput) {
  customerImportCreate(file: $file, text: $text, input: $input) { job { id } errors { field message code } }
}
"""

UPDATE = """
mutation CustomerPlusImportUpdate($id: ID!, $input: CustomerImportInput!) {
  customerImportUpdate(id: $id, input: $input) { job { id } errors { field message code } }
}
"""

START = """
mutation CustomerPlusImportStart($id: ID!, $missing: Int) {
  customerImportStart(id: $id, missing: $missing) { job { id } errors { field message code } }
}
"""

SAVE_PROFILE = """
mutation CustomerPlusImportProfileSave($name: String!, $input: CustomerImportInput!) {
  customerImportProfileSave(name: $name, input: $input) { profile { id name } errors { field message code } }
}
"""

SAMPLE = """
query CustomerPlusImportSample($language: CustomerExportLanguage) { customerImportSample(language: $language) }
"""


def show(request: ScreenRequest) -> Screen:
    """Choose a file or paste addresses; with POST, upload them and go to the job."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        files, text = request.files("file"), request.form.get("text", "")
        options = {"profile": request.form["profile"]} if request.form.get("profile") else {}
        if not files and len(text) > MAX_TEXT:
            files, text = [SimpleUploadedFile("pasted.txt", text.encode(), "text/plain")], ""
        if files:
            payload, errors = request.change(CREATE, {"file": files[0]}, file=None, text=None, input=options)
        else:
            payload, errors = request.change(CREATE, text=text or None, input=options)
        if not errors:
            return jobs.show(request, payload["job"]["id"])
    data = request.execute(START_PAGE)
    context = {
        "profiles": data["customerImportProfiles"],
        "formats": [one["name"] for one in data["customerImportFormats"]],
        "text": request.form.get("text", ""),
        "profile": request.form.get("profile", ""),
        "errors": errors,
    }
    return Screen("imports/start.html", context)


def show_sample(request: ScreenRequest) -> Screen:
    """A file with all columns, to copy."""
    sample = request.execute(SAMPLE, language=language())["customerImportSample"]
    return Screen("imports/sample.html", {"sample": sample})


def correct(request: ScreenRequest, job_id: str) -> Screen:
    """Preview the import again, with other options."""
    _payload, errors = request.change(UPDATE, id=job_id, input=options_of(request.form))
    return _panel(request, job_id, errors)


def start(request: ScreenRequest, job_id: str) -> Screen:
    """Begin to write, with the number that confirms a deactivation of those who are missing."""
    missing = request.form.get("missing", "").strip()
    if missing and not missing.isdecimal():
        errors = [{"field": "missing", "message": _("Enter the number of the preview."), "code": "INVALID"}]
        return _panel(request, job_id, errors)
    _payload, errors = request.change(START, id=job_id, missing=int(missing) if missing else None)
    return _panel(request, job_id, errors)


def save_profile(request: ScreenRequest) -> Screen:
    """Keep the options of the form under a name, for the next file of this kind."""
    payload, errors = request.change(
        SAVE_PROFILE, name=request.form.get("profile_name", ""), input=options_of(request.form)
    )
    if errors:
        return Screen(
            "imports/profile.html", {"profile_errors": errors, "profile_name": request.form.get("profile_name", "")}
        )
    notice = _("Saved as “%s”.") % payload["profile"]["name"]
    return Screen("imports/profile.html", notice=notice)


def _panel(request: ScreenRequest, job_id: str, errors: list[dict[str, Any]]) -> Screen:
    context = jobs.panel_of(request, job_id)
    if errors and "correction" in context:
        context = {**typed_again(context, request.form), "form_errors": errors}
    elif errors:  # it went on meanwhile, and has no form
        context["errors"] = errors
    return Screen("jobs/panel.html", context, address=address(f"jobs/{job_id}"))
