"""The GraphQL documents about jobs."""

from __future__ import annotations

STATE = """
fragment State on CustomerJob {
  id kind state phase waitingReason errorCode errorMessage undoes fileName
  createdAt startedAt finishedAt filesRemovedAt
  createdBy { type name } canceledBy { type name } undoneBy { type name }
  progress {
    rowsTotal rowsRead created updated unchanged skipped refused withWarnings
    bytesTotal bytesDone fraction rowsPerSecond secondsLeft
  }
  report {
    ... on CustomerUndoReport { deleted changed kept }
    ... on CustomerReconciliationReport { drift { total } }
    ... on CustomerImportReport { preview { counts { toCreate toUpdate toLeave toSkip toRefuse withWarnings } } }
    ... on CustomerFieldChangeReport { valueCount keptCount lostCount }
  }
  action {
    tag { names } untag { names } group ungroup activate deactivate { reason } setFields { given } setTaxExempt
    consents { purpose } assignLeads { ownerId } message { subject } delete { expected }
  }
}
"""

PROGRESS = f"query CustomerPlusJobProgress($id: ID!) {{ customerJob(id: $id) {{ ...State }} }} {STATE}"

JOBS = f"""
query CustomerPlusJobs($first: Int, $after: String, $last: Int, $before: String, $filter: CustomerJobFilterInput) {{
  customerJobs(first: $first, after: $after, last: $last, before: $before, filter: $filter) {{
    edges {{ node {{ ...State }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
}}
{STATE}
"""

PROBLEMS = """
fragment Problems on CustomerJob {
  problems(first: 20, after: $after) {
    edges { node { id rowNumber recordId cells reasons { severity field header value code message id } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

MORE_PROBLEMS = f"""
query CustomerPlusJobProblems($id: ID!, $after: String) {{ customerJob(id: $id) {{ id ...Problems }} }}
{PROBLEMS}
"""

JOB = f"""
query CustomerPlusJob($id: ID!, $after: String) {{
  customerJob(id: $id) {{
    ...State
    ...Problems
    file resultFile errorFile warningFile
    history {{ id type actor {{ type name }} createdAt }}
    records {{ idCount search }}
    exportOptions {{ profile columns format headerLanguage }}
    importOptions {{
      profile mode fillBlanks ignoreLocks eraseBlanks strict withdrawals format encoding delimiter quote hasHeader sheet
      mapping {{ header column }} keepUnknown country monthFirst tags groupId subscribe marketingPurposes lawfulBasis
      wording wordingVersion makeLeads makeAccounts deactivateMissing
    }}
    report {{
      __typename
      ... on CustomerImportReport {{
        format
        columns {{ header column samples }}
        file {{ encoding delimiter quote hasHeader monthFirst sheet otherSheets }}
        preview {{
          counts {{ toCreate toUpdate toLeave toSkip toRefuse withWarnings }}
          changedFields {{ field count }}
          rows {{
            rowNumber result values {{ field value }} changes {{ field before after }}
            reasons {{ severity header value message }}
          }}
          consents {{ subscribed unsubscribed withheld suppressed }}
          warnings {{ header code count }}
          accountsToOpen missing
        }}
        consents {{ subscribed unsubscribed withheld suppressed }}
        warnings {{ header code count }}
        accounts {{ opened refused }}
      }}
      ... on CustomerExportReport {{ columns {{ key header }} lostCells changedCells warning }}
      ... on CustomerBulkUpdateReport {{ records changed unchanged skipped refused }}
      ... on CustomerUndoReport {{ deleted changed kept accountsKept suppressedRemoved }}
      ... on CustomerFieldChangeReport {{ valueCount keptCount lostCount lostExamples }}
      ... on CustomerReconciliationReport {{
        since setAside
        seen {{ accounts orders ledger records }}
        drift {{
          total recordsCreated linksCorrected accountDetailsCorrected ledgerAdded ledgerCorrected ledgerRemoved
          figuresCorrected recordsCorrected leadsConverted groupsMirrored
        }}
      }}
    }}
  }}
}}
{STATE}
{PROBLEMS}
"""

CANCEL = """
mutation CustomerPlusJobCancel($id: ID!) {
  customerJobCancel(id: $id) { job { id } errors { field message code } }
}
"""

RETRY = """
mutation CustomerPlusJobRetry($id: ID!) {
  customerJobRetry(id: $id) { job { id } errors { field message code } }
}
"""

START = """
mutation CustomerPlusFieldChangeStart($id: ID!) {
  customerFieldChangeStart(id: $id) { job { id } errors { field message code } }
}
"""

UNDO = """
mutation CustomerPlusJobUndo($id: ID!) {
  customerJobUndo(id: $id) { job { id } errors { field message code } }
}
"""

FORGET = """
mutation CustomerPlusJobForget($id: ID!) {
  customerJobForget(id: $id) { job { id } errors { field message code } }
}
"""

RECONCILE = """
mutation CustomerPlusReconcile {
  customerReconciliationStart { job { id } errors { field message code } }
}
"""
