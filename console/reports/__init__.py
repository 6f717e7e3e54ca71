"""A cadence as a document: what it says is made once, and written as Markdown, HTML, PDF or CSV."""
