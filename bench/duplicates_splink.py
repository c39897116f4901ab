"""What Splink finds in the same records. Run by another interpreter, in whose environment Splink is installed.

`python bench/duplicates_splink.py <records.csv> <seed>` prints one line of JSON for each threshold: the pairs that it
found, those that are right, and the seconds of the processor. It knows nothing of this project but the file.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from itertools import combinations
from typing import Any

import pandas
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

# Match probabilities. The best of them is what we are compared with.
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999)


def _folded(text: str) -> str:
    text = text.lower().replace("ß", "ss").replace("ø", "o")
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = text.replace(letter, written)
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).strip(" .")


def _cleaned(row: dict[str, str]) -> dict[str, Any]:
    """What a careful user of Splink does before it begins."""
    local, _at, domain = row["email"].partition("@")
    local = local.partition("+")[0]
    domain = "gmail.com" if domain == "googlemail.com" else domain
    if domain == "gmail.com":
        local = local.replace(".", "")
    street = re.sub(r"\s*str(asse|\.)?(?=\s|$)", "strasse", _folded(row["street"]).replace("strasse", "str"))
    first, last = _folded(row["first_name"]), _folded(row["last_name"])
    return {
        "unique_id": int(row["id"]),
        "person": row["person"],
        "first_name": first or None,
        "last_name": last or None,
        "mailbox": f"{local}@{domain}",
        "local_part": local.replace(".", "") if len(local) > 4 else None,
        "phone": row["phone"] or None,
        "street": re.sub(r"(\d+)[a-z]$", r"\1", street) or None,
        "postal_code": row["postal_code"] or None,
        "company": row["company"] or None,
        "names": " ".join(sorted((first, last))) if first and last else None,
    }


def main(path: str, seed: int) -> None:
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    truth = _true_pairs(rows)
    for is_labelled in (False, True):
        began = time.process_time()
        linker = _trained(pandas.DataFrame([_cleaned(row) for row in rows]), seed, is_labelled=is_labelled)
        found = linker.inference.predict(threshold_match_probability=min(THRESHOLDS)).as_pandas_dataframe()
        seconds = time.process_time() - began
        columns = (found["unique_id_l"], found["unique_id_r"], found["match_probability"])
        pairs = [
            (min(one, other), max(one, other), probability) for one, other, probability in zip(*columns, strict=True)
        ]
        for threshold in THRESHOLDS:
            chosen = {(int(one), int(other)) for one, other, probability in pairs if probability >= threshold}
            counted = {"found": len(chosen), "right": len(chosen & truth), "true": len(truth)}
            print(json.dumps({"labelled": is_labelled, "threshold": threshold, **counted, "cpu": seconds}))


def _true_pairs(rows: list[dict[str, str]]) -> set[tuple[int, int]]:
    by_person: dict[str, list[int]] = {}
    for row in rows:
        by_person.setdefault(row["person"], []).append(int(row["id"]))
    return {pair for ids in by_person.values() for pair in combinations(sorted(ids), 2)}


def _trained(records: Any, seed: int, *, is_labelled: bool) -> Linker:
    """The model as Splink's documentation trains one: priors from exact rules, u by sampling, m by EM sessions.

    If it is labelled, m is what it really is among these records, which no shop knows: as good as the model can get.
    """
    shared = {
        number for number, times in Counter(records["phone"].dropna()).items() if times > 30
    }  # a reception's, as our blocks leave out
    records.loc[records["phone"].isin(shared), "phone"] = None
    blocks = [
        block_on("phone"),
        block_on("mailbox"),
        block_on("local_part"),
        block_on("last_name", "postal_code"),
        block_on("names", "substr(postal_code, 1, 2)"),
        block_on("street", "postal_code"),
        block_on("company", "last_name"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=blocks,
        comparisons=[
            # Not Splink's comparison of both together: in a family the last names agree, which it takes for a sign.
            comparisons.NameComparison("first_name"),
            comparisons.NameComparison("last_name").configure(term_frequency_adjustments=True),
            comparisons.CustomComparison(
                output_column_name="mailbox",
                comparison_levels=[
                    levels.NullLevel("mailbox"),
                    levels.ExactMatchLevel("mailbox"),
                    levels.DamerauLevenshteinLevel("mailbox", 1),
                    levels.ExactMatchLevel("local_part"),
                    levels.DamerauLevenshteinLevel("mailbox", 2),
                    levels.ElseLevel(),
                ],
            ),
            comparisons.DamerauLevenshteinAtThresholds("phone", 1),
            comparisons.DamerauLevenshteinAtThresholds("street", [1, 2]).configure(term_frequency_adjustments=True),
            comparisons.DamerauLevenshteinAtThresholds("postal_code", 1),
            comparisons.ExactMatch("company"),
        ],
        retain_intermediate_calculation_columns=False,
    )
    database = DuckDBAPI()
    linker = Linker(database.register(records), settings, log_level=40)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("mailbox"), block_on("first_name", "last_name", "phone")], recall=0.4
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=seed)
    if is_labelled:
        training.estimate_m_from_label_column("person")
    else:
        # Of blocks in which most pairs are of one person, and not of one household.
        training.estimate_parameters_using_expectation_maximisation(block_on("mailbox"))
        training.estimate_parameters_using_expectation_maximisation(block_on("names", "substr(postal_code, 1, 2)"))
        training.estimate_parameters_using_expectation_maximisation(block_on("phone", "first_name"))
    return linker


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
