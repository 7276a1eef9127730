"""Who may do what to one inquiry, by its address: a part of the table of ``test_policies``."""

ANSWERS = {"coordinator", "clinician", "privacy_officer"}
ACTS = {"coordinator", "clinician"}
COORDINATES = {"coordinator"}
DECIDES = {"clinician"}
ERASES = {"privacy_officer"}
ONE = "/staff/inquiries/<reference>"
ON_INQUIRY = {
    ("POST", f"{ONE}/assignment"): ACTS,
    ("POST", f"{ONE}/attempts"): ACTS,
    ("POST", f"{ONE}/notes"): ACTS,
    ("POST", f"{ONE}/notes/draft"): ACTS,
    ("POST", f"{ONE}/viewers"): ANSWERS,
    ("POST", f"{ONE}/callbacks"): ACTS,
    ("POST", f"{ONE}/callbacks/ending"): ACTS,
    ("POST", f"{ONE}/snooze"): ACTS,
    ("POST", f"{ONE}/snooze/ending"): ACTS,
    ("POST", f"{ONE}/information-requests"): ACTS,
    ("POST", f"{ONE}/information-requests/ending"): ACTS,
    ("POST", f"{ONE}/clinical-review"): COORDINATES,
    ("POST", f"{ONE}/disposition"): DECIDES,
    ("POST", f"{ONE}/appointment"): ACTS,
    ("POST", f"{ONE}/appointment/ending"): COORDINATES,
    ("POST", f"{ONE}/closing"): COORDINATES,
    ("POST", f"{ONE}/clinical-closing"): DECIDES,
    ("POST", f"{ONE}/withdrawal"): ACTS,
    ("GET", f"{ONE}/deceased"): ACTS,
    ("POST", f"{ONE}/deceased"): ACTS,
    ("POST", f"{ONE}/restoration"): COORDINATES,
    ("POST", f"{ONE}/spam"): COORDINATES,
    ("POST", f"{ONE}/reopening"): COORDINATES,
    ("POST", f"{ONE}/undo"): ACTS,
    ("GET", f"{ONE}/privacy"): ANSWERS,
    ("POST", f"{ONE}/caller-wish"): ANSWERS,
    ("POST", f"{ONE}/hold"): ERASES,
    ("POST", f"{ONE}/hold/lifting"): ERASES,
    ("POST", f"{ONE}/erasure"): ERASES,
    ("POST", f"{ONE}/messages"): ACTS,
    ("POST", f"{ONE}/code"): ANSWERS,
}
