"""Before signing: enquiries and their grade, visits, packages, who brought whom, and the contract itself."""
