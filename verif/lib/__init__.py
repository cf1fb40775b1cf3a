"""What the tests share: the bench around the core, its simulator, the assembler."""
