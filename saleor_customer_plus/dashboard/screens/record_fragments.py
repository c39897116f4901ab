"""What the cards of one customer show, as fragments of GraphQL documents."""

PERSON = """
fragment Person on CustomerRecord {
  id email firstName lastName companyName phone additionalPhones number languageCode
  streetAddress1 streetAddress2 postalCode city countryArea country { code }
  image storeNote isTaxExempt isActive deactivationReason isApprovedBuyer lawfulBasis stage sources
  hasAccount userId isStaff account { id isLinked isConfirmed isActive firstName lastName joinedAt }
  createdAt updatedAt version customerSince orderCount lastOrderAt lockedFields
  socialProfiles { network profile } attributes
  fields { key label type value text source updatedAt isLocked }
  provenance { field source updatedAt }
  suggestions { field source updatedAt value }
}
"""

ORDERS = """
fragment Orders on CustomerRecordOrderCountableConnection {
  edges { node {
    id number status chargeStatus placedAt counts channelSlug total { amount currency } refunded { amount currency }
  } }
  pageInfo { hasNextPage endCursor }
}
"""

LABELS = """
fragment Labels on CustomerRecord {
  tags { id name color }
  groups { id name isDefault }
}
"""

NOTE = """
fragment Note on CustomerNote {
  id text isPinned author { type name } createdAt updatedAt
  attachments { id name size url }
  mentions { id firstName lastName email }
}
"""

NOTES = (
    """
fragment Notes on CustomerNoteCountableConnection {
  edges { node { ...Note } }
  pageInfo { hasNextPage endCursor }
}
"""
    + NOTE
)

CONSENTS = """
fragment Consents on CustomerRecord {
  consents { channel purpose state decidedAt wording source optInLevel actor { type name } createdAt }
  newsletterSignups { id state email createdAt mails { id subject sentAt } }
}
"""

LEADS = """
fragment Leads on CustomerRecord {
  leads(first: 10) { edges { node {
    id subject message state isOverdue nextContactAt owner { firstName lastName email } createdAt
  } } }
}
"""

ACTIVITY = """
fragment Activity on CustomerRecordActivityCountableConnection {
  edges { node { id createdAt type actor { type name } before after cause { type id } } }
  pageInfo { hasNextPage endCursor }
}
"""

DUPLICATES = """
fragment Duplicates on CustomerRecord {
  possibleDuplicates { band score reasons { code points } record { id email firstName lastName companyName image } }
}
"""

MERGES = """
fragment Merges on CustomerRecord {
  mergedRecords { email number mergedAt }
  merges { id state createdAt actor { type name } conflicts { message } }
}
"""
