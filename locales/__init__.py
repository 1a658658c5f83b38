"""Every text a person reads, one folder a language, one file a reader."""
