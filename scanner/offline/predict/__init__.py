"""Predict how reliably a catalogue will be recognised, with a simulated hand that holds up every picture.

The report tells the owner of a picture folder. The benchmarks use the simulated hand too, so that their figures and the
report's can be compared.
"""
