"""The page a reader opens: verdicts first, then what each rests on."""
