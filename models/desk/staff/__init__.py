"""The department: who may do what, who is here, who answers for something now."""
