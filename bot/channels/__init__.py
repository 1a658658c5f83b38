"""The platforms: each channel proves its updates and renders messages in the best form it has."""
