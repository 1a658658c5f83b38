"""The citizen's side of the conversation: from the first word to the rating of the answer."""
