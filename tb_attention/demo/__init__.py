"""The demo: trains three small GPT-2s on the CPU, logs what their attention does, and shows it in TensorBoard. Needs torch."""
