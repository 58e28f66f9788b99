"""The demo: trains three small GPT-2s on the CPU, logs their attention, and shows it.

Needs torch.
"""
