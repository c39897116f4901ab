"""What the cards of the board show, and the states that are its columns."""

STATES = ("NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "LOST")

CARD = """
fragment Cards on CustomerLeadCountableConnection {
  edges { node {
    id subject message origin state lostReason isOverdue nextContactAt createdAt updatedAt convertedOrderId
    owner { id firstName lastName email }
    record { id email firstName lastName companyName }
  } }
  pageInfo { hasNextPage endCursor }
}
"""
