"""From any file that holds a list of people to rows of text: what it is, how it is cut, and where each row begins."""
