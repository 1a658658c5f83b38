"""What a story is, learned from labelled texts: features, the linear model, its artefact, training, the suggester."""
