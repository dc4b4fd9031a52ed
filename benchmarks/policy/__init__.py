"""How fast the policy is on the frames of a whole province."""
