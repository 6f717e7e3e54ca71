"""The MBOM as files, forms and rows."""
