"""Assay certifies people for a profession: from application to a certificate that anybody can verify."""
