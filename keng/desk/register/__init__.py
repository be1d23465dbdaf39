"""The register of tips: each report's yearly number, the page that shows the book, and its print."""
