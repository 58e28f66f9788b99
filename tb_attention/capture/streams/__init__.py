"""Which calls and passes belong to which text, in which part of a model."""
