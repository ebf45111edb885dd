"""A request for a loan from its filing to its decision: the entity, its terms and refusals, the steps, the queries."""
